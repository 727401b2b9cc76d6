import { comparePositions, type RunResult } from '#agent';
import type { RunEvent } from '#contracts';
import type { LogPosition } from '#protocol';
import { HttpError } from '../http.errors.js';

/** Who gets the text of a run. */
export interface TextSink {
  text(delta: string): void;
  /** What follows is said by this attempt at the run. */
  attempt(attempt: number): void;
}

/**
 * The visible text of one run, piece by piece. Text that was passed on cannot be taken back: where a run that was taken
 * up again after a crash declares some of it void, the text ends.
 */
export class TextFollower {
  private passedOn = '';
  private lastPassedOn: LogPosition | undefined;
  private isOver = false;
  private readonly end = Promise.withResolvers<Error>();

  /** Resolves when the text cannot be told to its end: with why. */
  readonly broken = this.end.promise;

  constructor(private readonly sink: TextSink) {}

  readonly accept = (event: RunEvent): void => {
    if (this.isOver) return;
    try {
      if (event.type === 'run.resumed') this.goOn(event.attempt, event.payload.discardAfter);
      if (event.type === 'chunk') this.pass(event.payload.content, event);
    } catch (error) {
      this.isOver = true;
      this.end.resolve(error instanceof Error ? error : new Error(String(error)));
    }
  };

  /**
   * Passes on what is still missing of the final content. Throws what the sink throws; and HttpError `run-interrupted`
   * when what was passed on is no part of a whole answer: another replica said so, and was not heard.
   */
  complete({ outcome, content }: Pick<RunResult, 'outcome' | 'content'>): void {
    if (this.isOver) return;
    this.isOver = true;
    if (content.startsWith(this.passedOn)) this.pass(content.slice(this.passedOn.length));
    else if (outcome === 'completed') throw interrupted();
  }

  private goOn(attempt: number, discardAfter: LogPosition): void {
    const isVoid = this.lastPassedOn && comparePositions(this.lastPassedOn, discardAfter) > 0;
    if (isVoid) throw interrupted();
    this.sink.attempt(attempt);
  }

  private pass(text: string, position = this.lastPassedOn): void {
    if (text === '') return;
    this.passedOn += text;
    this.lastPassedOn = position;
    this.sink.text(text);
  }
}

function interrupted(): HttpError {
  return new HttpError(
    'run-interrupted',
    'The run was interrupted and taken up again: what was streamed is void. Repeat the request, without Last-Event-ID, to read its answer.',
    { retryable: true },
  );
}

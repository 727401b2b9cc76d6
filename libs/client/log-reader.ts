import type { AgentEvent, LogPosition } from '#protocol';
import { comparePositions } from './streamed-text.js';

/** Takes a run's events in their order, each once. */
export class LogReader {
  private last: LogPosition;
  private hasEnded = false;

  constructor(after: LogPosition = { attempt: 0, seq: 0 }) {
    this.last = after;
  }

  /** The last event that was taken. */
  get position(): LogPosition {
    return this.last;
  }

  /** The event that ends the log was taken. */
  get ended(): boolean {
    return this.hasEnded;
  }

  /** `next`: it was taken. `duplicate`: it was taken before. `gap`: events before it are missing. */
  accept(event: AgentEvent): 'next' | 'duplicate' | 'gap' {
    const { attempt = 0, seq = 0 } = event;
    const position = { attempt, seq };
    if (this.hasEnded || comparePositions(position, this.last) <= 0) return 'duplicate';
    if (!this.follows(position) || this.discardsUnseen(event)) return 'gap';
    this.last = position;
    this.hasEnded = event.type === 'run.completed' || event.type === 'run.failed';
    return 'next';
  }

  /** Each attempt counts from 1. */
  private follows({ attempt, seq }: LogPosition): boolean {
    return attempt === this.last.attempt ? seq === this.last.seq + 1 : seq === 1;
  }

  /** A resumed run keeps the text up to a place that this reader has not reached. */
  private discardsUnseen(event: AgentEvent): boolean {
    const keepsUpTo = event.type === 'run.resumed' ? discardAfterOf(event) : undefined;
    return keepsUpTo !== undefined && comparePositions(keepsUpTo, this.last) > 0;
  }
}

export function discardAfterOf({ payload }: AgentEvent): LogPosition | undefined {
  return payload && 'discardAfter' in payload ? payload.discardAfter : undefined;
}

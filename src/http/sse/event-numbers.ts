import { HttpError } from '../http.errors.js';

/** Between the numbers of two attempts at a run; the events of one are far fewer. */
const ATTEMPT_STRIDE = 1_000_000;

/**
 * Numbers the events of one stream: 0, 1, 2, … Told again, the same event has the same number, on any replica: a stream
 * can be read on from any of them. Where a run was interrupted, the numbers of its next attempt begin a million
 * higher, so that no number of a text that has become void means another text.
 */
export class EventNumbers {
  private attempt = 1;
  private next = 0;
  private previous = -1;

  /** `after`: the last event that the client has; those up to it are left out. */
  constructor(private readonly after = -1) {}

  /** What follows is said by this attempt at the run. */
  enter(attempt: number): void {
    if (attempt <= this.attempt) return;
    this.next += (attempt - this.attempt) * ATTEMPT_STRIDE;
    this.attempt = attempt;
  }

  /**
   * The number of the next event; `undefined` when the client has it already. @throws HttpError `position-void` when
   * what the client has is no longer part of the stream.
   */
  take(): number | undefined {
    const number = this.next++;
    const { previous } = this;
    this.previous = number;
    if (number <= this.after) return undefined;
    if (previous < this.after) throw positionVoid(this.after);
    return number;
  }

  /** The last event that the client has, or gets; of an event that is no part of what may be read again. */
  get last(): number {
    return Math.max(this.previous, this.after);
  }
}

function positionVoid(after: number): HttpError {
  return new HttpError(
    'position-void',
    `What was streamed up to event ${after} has become void: the run was interrupted and taken up again. Read the stream from its beginning, without Last-Event-ID and starting_after.`,
  );
}

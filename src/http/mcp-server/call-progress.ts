import type { RunEvent } from '#contracts';
import type { Clock } from '#kernel';

/** At most this often it is told how far the text of an answer is. */
const TEXT_INTERVAL_MS = 500;

/** Tells a client what goes on in a run, as a count that only grows, with a word on what is done. */
export class CallProgress {
  private count = 0;
  private chars = 0;
  private lastTextAt = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly tell: (progress: number, message: string) => void,
  ) {}

  readonly accept = (event: RunEvent): void => {
    if (event.type === 'run.started') this.next('The agent has begun.');
    if (event.type === 'run.resumed') this.next('The agent goes on after an interruption.');
    if (event.type === 'tool.call') this.next(`The agent uses ${event.payload.name}.`);
    if (event.type === 'chunk') this.text(event.payload.content);
  };

  private text(delta: string): void {
    this.chars += delta.length;
    const now = this.clock.monotonic();
    if (now - this.lastTextAt < TEXT_INTERVAL_MS) return;
    this.lastTextAt = now;
    this.next(`The agent writes (${this.chars} characters).`);
  }

  private next(message: string): void {
    this.tell(++this.count, message);
  }
}

import { Clock } from '#kernel';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** Time that moves when told to. */
export class ManualClock extends Clock {
  private elapsedMs = 0;
  private readonly timers = new Set<Timer>();

  constructor(private readonly startMs = Date.UTC(2026, 0, 1)) {
    super();
  }

  now(): number {
    return this.startMs + this.elapsedMs;
  }

  monotonic(): number {
    return this.elapsedMs;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.elapsedMs + ms, callback };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  /** Timers that were set and neither fired nor cancelled. */
  get pending(): number {
    return this.timers.size;
  }

  /** Moves on, and calls what falls due, in its order. */
  advance(ms: number): void {
    const end = this.elapsedMs + ms;
    for (;;) {
      const [next] = [...this.timers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
      if (!next) break;
      this.timers.delete(next);
      this.elapsedMs = next.at;
      next.callback();
    }
    this.elapsedMs = end;
  }
}

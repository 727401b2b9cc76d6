/** Places in the life of a message at which something may go wrong. */
export type Moment =
  'before-ack' | 'streaming' | 'text-shown' | 'tool-call' | 'compacting' | 'answered' | 'sending-outbox';

/** Announces moments to whoever waits for the next one. */
export class Moments {
  private readonly waiting = new Map<Moment, Set<() => void>>();

  /** Something is at this moment now. */
  reach(moment: Moment): void {
    const waiting = this.waiting.get(moment);
    if (!waiting) return;
    this.waiting.delete(moment);
    for (const wake of waiting) wake();
  }

  /** Resolves `true` when the moment comes, `false` when it does not within `limitMs`. */
  next(moment: Moment, limitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const waiting = this.waiting.get(moment) ?? new Set();
      this.waiting.set(moment, waiting);
      const done = (came: boolean): void => {
        clearTimeout(timer);
        waiting.delete(wake);
        resolve(came);
      };
      const wake = (): void => done(true);
      const timer = setTimeout(() => done(false), limitMs);
      waiting.add(wake);
    });
  }
}

import type { Lane } from '#contracts';

/** A bounded pool of slots, given out in the order they were asked for. */
export class LaneSlots {
  private taken = 0;
  private readonly waiting = new Set<() => void>();

  constructor(private max: number) {}

  get limit(): number {
    return this.max;
  }

  get active(): number {
    return this.taken;
  }

  /** A slot is free, and nobody waits for it. */
  get isFree(): boolean {
    return this.taken < this.max && this.waiting.size === 0;
  }

  /** Takes a slot when one is free and nobody waits. */
  tryAcquire(): boolean {
    if (!this.isFree) return false;
    this.taken += 1;
    return true;
  }

  /** Waits for a slot. Rejects with the signal's reason. */
  async acquire(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.tryAcquire()) return;
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.waiting.delete(grant);
        reject(signal.reason as Error);
      };
      const grant = (): void => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiting.add(grant);
    });
  }

  /** From now on there are `max` slots; those beyond it are given back when their runs end. */
  resize(max: number): void {
    this.max = max;
    for (const grant of this.waiting) {
      if (this.taken >= this.max) return;
      this.waiting.delete(grant);
      this.taken += 1;
      grant();
    }
  }

  /** Gives a slot back: the longest waiting one gets it. */
  release(): void {
    const [next] = this.waiting;
    if (!next || this.taken > this.max) {
      this.taken -= 1;
      return;
    }
    this.waiting.delete(next);
    next();
  }
}

export function laneSlots(limits: Readonly<Record<Lane, number>>): Readonly<Record<Lane, LaneSlots>> {
  return {
    main: new LaneSlots(limits.main),
    subagent: new LaneSlots(limits.subagent),
    cron: new LaneSlots(limits.cron),
  };
}

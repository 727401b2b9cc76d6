interface Waiting {
  readonly user: string;
  readonly start: () => void;
}

export interface SlotLimits {
  readonly max: number;
  readonly perUserMax: number;
  readonly waitingMax: number;
}

/**
 * A number of slots that nobody can have alone: each user at most some of them at once, and who waits is served in
 * order, users that have all of theirs being passed by.
 */
export class FairSlots {
  private taken = 0;
  private readonly byUser = new Map<string, number>();
  private readonly waiting = new Set<Waiting>();

  constructor(private readonly limits: SlotLimits) {}

  /** Returns what gives the slot back; `undefined` when too many wait. Rejects with the signal's reason. */
  async take(user: string, signal: AbortSignal): Promise<(() => void) | undefined> {
    signal.throwIfAborted();
    if (!this.isFree(user)) {
      if (this.waiting.size >= this.limits.waitingMax) return undefined;
      await this.turn(user, signal);
    } else this.count(user, 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.count(user, -1);
      this.startNext();
    };
  }

  /** Resolves with the slot taken: it is counted before anybody else can see it free. */
  private turn(user: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.waiting.delete(entry);
        reject(signal.reason as Error);
      };
      const start = (): void => {
        this.waiting.delete(entry);
        signal.removeEventListener('abort', abort);
        this.count(user, 1);
        resolve();
      };
      const entry: Waiting = { user, start };
      this.waiting.add(entry);
      signal.addEventListener('abort', abort, { once: true });
    });
  }

  private startNext(): void {
    for (const { user, start } of this.waiting) {
      if (this.taken >= this.limits.max) return;
      if (this.isFree(user)) start();
    }
  }

  private isFree(user: string): boolean {
    return this.taken < this.limits.max && (this.byUser.get(user) ?? 0) < this.limits.perUserMax;
  }

  private count(user: string, by: 1 | -1): void {
    const now = (this.byUser.get(user) ?? 0) + by;
    this.taken += by;
    if (now === 0) this.byUser.delete(user);
    else this.byUser.set(user, now);
  }
}

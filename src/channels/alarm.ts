import type { Clock } from '#kernel';

/** Rings that come closer together wake the sleeper once: what it does then is done for all of them. */
export const REST_MS = 5;

/** Lets a loop sleep until somebody has work for it. A ring while it is awake is not lost. */
export class Alarm {
  private ringing = false;
  private wakeUp: (() => void) | undefined;
  private wokeAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly clock: Clock) {}

  ring(): void {
    this.ringing = true;
    this.wakeUp?.();
  }

  /** Resolves at the next ring, after `maxMs`, or when `signal` aborts. For one sleeper at a time. */
  async sleep(maxMs: number, signal: AbortSignal): Promise<void> {
    if (!this.ringing && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.wakeUp = resolve;
      const cancel = this.clock.after(maxMs, resolve);
      const onAbort = (): void => resolve();
      signal.addEventListener('abort', onAbort);
      await promise;
      signal.removeEventListener('abort', onAbort);
      cancel();
      this.wakeUp = undefined;
    }
    const restMs = this.wokeAt + REST_MS - this.clock.monotonic();
    if (restMs > 0) await this.clock.wait(restMs, signal).catch(() => undefined);
    this.wokeAt = this.clock.monotonic();
    this.ringing = false;
  }
}

import type { Clock } from '#kernel';

/** Lets a loop sleep until somebody has work for it. A ring while it is awake is not lost. */
export class Alarm {
  private ringing = false;
  private wakeUp: (() => void) | undefined;

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
    this.ringing = false;
  }
}

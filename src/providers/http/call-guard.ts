import type { Clock } from '#kernel';

/** How long an LLM call may be silent. */
export interface LlmCallLimits {
  /** From the request to the first byte of the body. */
  readonly firstByteMs: number;
  /** Between two pieces of the body; keep-alive pings count. */
  readonly idleMs: number;
}

/** Reasoning models may think for a minute or two before they say anything. */
export const DEFAULT_CALL_LIMITS: LlmCallLimits = { firstByteMs: 120_000, idleMs: 120_000 };

/** Watches one call: aborts it with the caller's signal or when it has been silent for too long. */
export class CallGuard {
  /** Which limit was reached. */
  timedOut: 'first-byte' | 'idle' | undefined;
  /** Whether a first byte of the answer has come. */
  started = false;
  private readonly controller = new AbortController();
  private heardAt: number;
  private cancelTimer: () => void;

  constructor(
    private readonly clock: Clock,
    private readonly limits: LlmCallLimits,
    private readonly caller: AbortSignal,
  ) {
    this.heardAt = clock.monotonic();
    this.cancelTimer = clock.after(limits.firstByteMs, this.check);
    if (caller.aborted) this.abort();
    else caller.addEventListener('abort', this.abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get abortedByCaller(): boolean {
    return this.caller.aborted;
  }

  /** Something came. Cheap: the timer is not touched, it looks at the time when it fires. */
  heard(): void {
    this.heardAt = this.clock.monotonic();
    if (this.started) return;
    this.started = true;
    this.cancelTimer();
    this.cancelTimer = this.clock.after(this.limits.idleMs, this.check);
  }

  /** Ends the watch; `abort` closes the connection of a call that is not finished. */
  close(options: { readonly abort: boolean }): void {
    this.cancelTimer();
    this.caller.removeEventListener('abort', this.abort);
    if (options.abort) this.abort();
  }

  private readonly abort = (): void => this.controller.abort();

  private readonly check = (): void => {
    const limit = this.started ? this.limits.idleMs : this.limits.firstByteMs;
    const left = this.heardAt + limit - this.clock.monotonic();
    if (left > 0) {
      this.cancelTimer = this.clock.after(left, this.check);
      return;
    }
    this.timedOut = this.started ? 'idle' : 'first-byte';
    this.abort();
  };
}

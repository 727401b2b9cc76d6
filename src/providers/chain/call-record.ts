import type { LlmStreamPart } from '#contracts';
import type { Clock } from '#kernel';
import type { ChainTarget, ProviderCall } from './provider-call.js';

/** Notes what a call's tracer wants to know while its parts pass. */
export class CallRecord {
  /** Whether the consumer got something that cannot be taken back. */
  published = false;
  private readonly startedAt: number;
  private readonly began: number;
  private firstPartMs: number | undefined;
  private facts: Pick<ProviderCall, 'usage' | 'finish' | 'error'> = {};

  constructor(
    private readonly target: ChainTarget,
    private readonly attempt: number,
    private readonly clock: Clock,
  ) {
    this.startedAt = clock.now();
    this.began = clock.monotonic();
  }

  note(part: LlmStreamPart): void {
    this.firstPartMs ??= this.clock.monotonic() - this.began;
    switch (part.type) {
      case 'usage':
        this.facts = { ...this.facts, usage: part.usage };
        return;
      case 'finish':
        this.facts = { ...this.facts, finish: part.reason };
        return;
      case 'error':
        this.facts = { ...this.facts, error: part.error };
        return;
      default:
        this.published = true;
    }
  }

  /** The call as it is now; without a finish or an error its consumer has turned away. */
  result(): ProviderCall {
    const { error, finish } = this.facts;
    const aborted = error ? error.kind === 'aborted' : finish === undefined;
    return {
      provider: this.target.provider,
      model: this.target.model,
      attempt: this.attempt,
      startedAt: this.startedAt,
      durationMs: this.clock.monotonic() - this.began,
      ...(this.firstPartMs === undefined ? {} : { firstPartMs: this.firstPartMs }),
      outcome: aborted ? 'aborted' : error ? 'failed' : 'ok',
      ...this.facts,
    };
  }
}

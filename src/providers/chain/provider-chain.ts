import { LlmError, type LlmRequest, type LlmStreamPart } from '#contracts';
import type { Clock } from '#kernel';
import type { ProviderRegistry, RegisteredProvider } from '../provider-registry.js';
import { delayBefore } from './backoff.js';
import { CallRecord } from './call-record.js';
import { chainFailure, type TargetFailure } from './chain-failure.js';
import type { Cooldowns } from './cooldowns.js';
import { LearnedSight } from '../vision/learned-sight.js';
import { hasImages, withoutImages } from '../vision/without-images.js';
import type { ChainTarget, ProviderCall } from './provider-call.js';

/** A request to whichever target answers. */
export type ChainRequest = Omit<LlmRequest, 'model'>;

export interface ChainOptions {
  /** The one way to cancel: ends a call under way and a wait between two attempts. */
  readonly signal: AbortSignal;
  /** Told of every HTTP request once it is over. Must not throw. */
  readonly onCall?: (call: ProviderCall) => void;
}

/** How a call ended: with what the consumer has seen, or with an error that may be tried again elsewhere. */
type CallEnd = 'done' | LlmError;

/** Failures that are about the request or the caller: no other target would do better, none is to blame. */
const FINAL: ReadonlySet<string> = new Set(['bad-request', 'context-overflow', 'aborted']);

/**
 * The one path to a model, for all lanes: attempts with back-off, then the next target of the list, cooldowns
 * between calls. Nothing is retried or switched once a part of a call's answer was published. Never throws:
 * a failure is the last part.
 */
export class ProviderChain {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly cooldowns: Cooldowns,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly sight = new LearnedSight(),
  ) {}

  async *stream(
    targets: readonly ChainTarget[],
    request: ChainRequest,
    options: ChainOptions,
  ): AsyncGenerator<LlmStreamPart> {
    const failures: TargetFailure[] = [];
    for (const target of targets) {
      const failure = yield* this.target(target, request, options);
      if (failure === undefined) return;
      failures.push(failure);
      if (FINAL.has(failure.error.kind)) {
        yield { type: 'error', error: failure.error };
        return;
      }
    }
    yield { type: 'error', error: chainFailure(failures) };
  }

  /** Every attempt at one target; the failure when another target may be tried. */
  private async *target(
    target: ChainTarget,
    request: ChainRequest,
    options: ChainOptions,
  ): AsyncGenerator<LlmStreamPart, TargetFailure | undefined> {
    const provider = this.registry.get(target.provider);
    if (!provider) return { target, error: unknownProvider(target, this.registry) };
    const key = JSON.stringify([target.provider, provider.keyFingerprint, target.model]);
    const admission = this.cooldowns.admit(key);
    if (!admission.admitted) return this.cooling(target, admission.cause, admission.retryAfterMs);
    let shown = this.sight.of(key, target.model) === 'blind' ? blinded(request) : request;
    let wasRefused = false;
    for (let attempt = 1; ; attempt++) {
      const end = yield* this.call(provider, target, key, attempt, shown, options);
      if (end === 'done') {
        if (wasRefused) this.sight.learn(key);
        return undefined;
      }
      if (this.sight.mayBeBlind(end.kind) && hasImages(shown.messages)) {
        shown = blinded(request);
        wasRefused = true;
        continue;
      }
      const delay = delayBefore(attempt, end, this.random);
      if (delay === undefined) {
        if (FINAL.has(end.kind)) this.cooldowns.released(key);
        else this.cooldowns.failed(key, end);
        return { target, error: end };
      }
      const aborted = await this.wait(delay, options.signal);
      if (aborted) {
        this.cooldowns.released(key);
        return { target, error: new LlmError('aborted', target.provider, 'The call was aborted.') };
      }
    }
  }

  /** One HTTP request. Its error is returned, or published when something of its answer already was. */
  private async *call(
    { adapter }: RegisteredProvider,
    target: ChainTarget,
    key: string,
    attempt: number,
    request: ChainRequest,
    { signal, onCall }: ChainOptions,
  ): AsyncGenerator<LlmStreamPart, CallEnd> {
    const record = new CallRecord(target, attempt, this.clock);
    try {
      for await (const part of adapter.stream({ ...request, model: target.model }, signal)) {
        const wasPublished = record.published;
        record.note(part);
        if (part.type === 'error' && !wasPublished) return part.error;
        if (part.type === 'finish' || record.published !== wasPublished) this.cooldowns.succeeded(key);
        yield part;
      }
      return 'done';
    } finally {
      const call = record.result();
      if (call.outcome === 'aborted') this.cooldowns.released(key);
      onCall?.(call);
    }
  }

  private cooling(target: ChainTarget, cause: LlmError, retryAfterMs: number): TargetFailure {
    const options = { retryAfterMs, ...(cause.status === undefined ? {} : { status: cause.status }) };
    const error = new LlmError(cause.kind, cause.provider, cause.message, options);
    return { target, error, coolingUntil: this.clock.now() + retryAfterMs };
  }

  private async wait(ms: number, signal: AbortSignal): Promise<boolean> {
    try {
      await this.clock.wait(ms, signal);
      return false;
    } catch {
      return true;
    }
  }
}

function unknownProvider({ provider }: ChainTarget, registry: ProviderRegistry): LlmError {
  const usable = registry.list().flatMap(({ name, usable: is }) => (is ? [name] : []));
  const hint = usable.length > 0 ? `usable ones: ${usable.join(', ')}` : 'set an API key to configure one';
  return new LlmError('no-provider', provider, `No provider is called "${provider}"; ${hint}.`);
}

function blinded(request: ChainRequest): ChainRequest {
  return hasImages(request.messages) ? { ...request, messages: withoutImages(request.messages) } : request;
}

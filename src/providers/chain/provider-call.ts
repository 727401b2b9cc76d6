import type { LlmError, LlmFinishReason, LlmUsage } from '#contracts';

/** One entry of an agent's provider chain: the first is its own, the others its fallbacks. */
export interface ChainTarget {
  readonly provider: string;
  readonly model: string;
}

/** One HTTP request to a model, when it is over: what tracing and metering record. */
export interface ProviderCall {
  readonly provider: string;
  readonly model: string;
  /** 1 for the first attempt at this target. */
  readonly attempt: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Until the first part, if there was one. */
  readonly firstPartMs?: number;
  readonly outcome: 'ok' | 'failed' | 'aborted';
  readonly finish?: LlmFinishReason;
  readonly usage?: LlmUsage;
  readonly error?: LlmError;
}

import type { LlmError, LlmErrorKind } from '#contracts';
import { AppError } from '#kernel';
import { ErrorCode } from '#protocol';

export const ProvidersErrorReason = {
  /** No provider of that name is configured, or none at all can be used. */
  NO_PROVIDER: 'no-provider',
  /** A provider reported a failure; `details.kind` says which. */
  LLM_CALL_FAILED: 'llm-call-failed',
} as const;

export type ProvidersErrorReason = (typeof ProvidersErrorReason)[keyof typeof ProvidersErrorReason];

const CODES: Readonly<Record<LlmErrorKind, ErrorCode>> = {
  'rate-limited': ErrorCode.RESOURCE_EXHAUSTED,
  overloaded: ErrorCode.UNAVAILABLE,
  server: ErrorCode.UNAVAILABLE,
  network: ErrorCode.UNAVAILABLE,
  timeout: ErrorCode.AGENT_TIMEOUT,
  authentication: ErrorCode.FAILED_PRECONDITION,
  billing: ErrorCode.FAILED_PRECONDITION,
  'context-overflow': ErrorCode.INVALID_REQUEST,
  'model-not-found': ErrorCode.FAILED_PRECONDITION,
  'bad-request': ErrorCode.INVALID_REQUEST,
  'malformed-response': ErrorCode.UNAVAILABLE,
  aborted: ErrorCode.UNAVAILABLE,
  'no-provider': ErrorCode.FAILED_PRECONDITION,
};

/** What a caller of the gateway is told about a failed LLM call. */
export class ProvidersError extends AppError {
  constructor(
    readonly reason: ProvidersErrorReason,
    readonly llmError: LlmError,
  ) {
    super(CODES[llmError.kind], llmError.message, {
      cause: llmError,
      details: { reason, kind: llmError.kind, provider: llmError.provider },
      retryable: llmError.retryable,
      ...(llmError.retryAfterMs === undefined ? {} : { retryAfterMs: llmError.retryAfterMs }),
    });
  }

  /** The error of the protocol for a failure of the LLM chain. */
  static from(error: LlmError): ProvidersError {
    const missing = error.kind === 'no-provider';
    return new ProvidersError(
      missing ? ProvidersErrorReason.NO_PROVIDER : ProvidersErrorReason.LLM_CALL_FAILED,
      error,
    );
  }
}

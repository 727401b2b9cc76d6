import { LlmError } from '#contracts';
import { AppError } from '#kernel';
import { ErrorCode } from '#protocol';

/** What a run's row, log and client say of why it failed. */
export interface RunFailure {
  readonly code: ErrorCode;
  readonly message: string;
}

const LLM_CODES: Record<LlmError['kind'], ErrorCode> = {
  'rate-limited': ErrorCode.RESOURCE_EXHAUSTED,
  overloaded: ErrorCode.UNAVAILABLE,
  server: ErrorCode.UNAVAILABLE,
  network: ErrorCode.UNAVAILABLE,
  timeout: ErrorCode.AGENT_TIMEOUT,
  'malformed-response': ErrorCode.UNAVAILABLE,
  authentication: ErrorCode.FAILED_PRECONDITION,
  billing: ErrorCode.FAILED_PRECONDITION,
  'model-not-found': ErrorCode.FAILED_PRECONDITION,
  'no-provider': ErrorCode.FAILED_PRECONDITION,
  'context-overflow': ErrorCode.INVALID_REQUEST,
  'bad-request': ErrorCode.INVALID_REQUEST,
  aborted: ErrorCode.UNAVAILABLE,
};

/** Turns what broke a run into what may be shown of it; `undefined` for what must not be shown. */
export function failureOf(error: unknown): RunFailure | undefined {
  if (error instanceof LlmError)
    return { code: LLM_CODES[error.kind], message: `LLM call failed: ${error.message}` };
  if (error instanceof AppError) return { code: error.code, message: error.message };
  return undefined;
}

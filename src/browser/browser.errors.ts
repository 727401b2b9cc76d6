import { AppError } from '#kernel';
import { ErrorCode } from '#protocol';

/** Why a browser did not do what was asked. */
export type BrowserReason =
  | 'disabled'
  | 'unavailable'
  | 'not-open'
  | 'busy'
  | 'invalid'
  | 'refused'
  | 'failed'
  | 'timeout'
  | 'hung'
  | 'ended';

const CODES: Readonly<Record<BrowserReason, ErrorCode>> = {
  disabled: ErrorCode.FAILED_PRECONDITION,
  unavailable: ErrorCode.UNAVAILABLE,
  'not-open': ErrorCode.FAILED_PRECONDITION,
  busy: ErrorCode.RESOURCE_EXHAUSTED,
  invalid: ErrorCode.INVALID_REQUEST,
  refused: ErrorCode.INVALID_REQUEST,
  failed: ErrorCode.FAILED_PRECONDITION,
  timeout: ErrorCode.AGENT_TIMEOUT,
  hung: ErrorCode.AGENT_TIMEOUT,
  ended: ErrorCode.UNAVAILABLE,
};

/** The message is written for the model, and for people who drive the browser themselves. */
export class BrowserError extends AppError {
  constructor(
    readonly reason: BrowserReason,
    message: string,
    cause?: unknown,
  ) {
    super(CODES[reason], message, { cause });
  }
}

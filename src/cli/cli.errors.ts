import { AppError } from '#kernel';
import { ErrorCode } from '#protocol';

export type CliReason =
  | 'invalid-option'
  | 'gateway-unreachable'
  | 'not-admitted'
  | 'unknown-agent'
  | 'no-encryption-key'
  | 'schema-pending'
  | 'not-confirmed'
  | 'refused';

const CODES: Record<CliReason, ErrorCode> = {
  'invalid-option': ErrorCode.INVALID_REQUEST,
  'gateway-unreachable': ErrorCode.UNAVAILABLE,
  'not-admitted': ErrorCode.UNAUTHORIZED,
  'unknown-agent': ErrorCode.NOT_FOUND,
  'no-encryption-key': ErrorCode.FAILED_PRECONDITION,
  'schema-pending': ErrorCode.FAILED_PRECONDITION,
  'not-confirmed': ErrorCode.FAILED_PRECONDITION,
  refused: ErrorCode.FAILED_PRECONDITION,
};

/** A command cannot do what it was asked; the message says what to do instead. */
export class CliError extends AppError {
  constructor(
    readonly reason: CliReason,
    message: string,
    cause?: unknown,
  ) {
    super(CODES[reason], message, { cause });
  }
}

import { AppError, type AppErrorOptions } from '#kernel';
import { ErrorCode } from '#protocol';

export type LiveConfigReason =
  | 'conflict'
  | 'file-unusable'
  | 'not-a-document'
  | 'before-database'
  | 'secret-refused'
  | 'secret-in-file'
  | 'secret-needed'
  | 'not-writable';

const CODES: Record<LiveConfigReason, ErrorCode> = {
  conflict: ErrorCode.FAILED_PRECONDITION,
  'file-unusable': ErrorCode.FAILED_PRECONDITION,
  'not-a-document': ErrorCode.INVALID_REQUEST,
  'before-database': ErrorCode.FAILED_PRECONDITION,
  'secret-refused': ErrorCode.FAILED_PRECONDITION,
  'secret-in-file': ErrorCode.FAILED_PRECONDITION,
  'secret-needed': ErrorCode.INVALID_REQUEST,
  'not-writable': ErrorCode.FAILED_PRECONDITION,
};

/** The configuration cannot be changed as it was asked. */
export class LiveConfigError extends AppError {
  constructor(
    readonly reason: LiveConfigReason,
    message: string,
    options: AppErrorOptions = {},
  ) {
    super(CODES[reason], message, options);
  }
}

import { AppError, type AppErrorOptions } from '#kernel';
import { ErrorCode } from '#protocol';

export type BootstrapReason = 'unknown-file' | 'file-not-found' | 'too-large' | 'not-a-file';

const CODES: Record<BootstrapReason, ErrorCode> = {
  'unknown-file': ErrorCode.INVALID_REQUEST,
  'file-not-found': ErrorCode.NOT_FOUND,
  'too-large': ErrorCode.INVALID_REQUEST,
  'not-a-file': ErrorCode.FAILED_PRECONDITION,
};

/** A context file cannot be read or written. */
export class BootstrapError extends AppError {
  constructor(
    readonly reason: BootstrapReason,
    message: string,
    options: AppErrorOptions = {},
  ) {
    super(CODES[reason], message, options);
  }
}

import { AppError, type AppErrorOptions } from '#kernel';
import { ErrorCode } from '#protocol';

export type ApprovalReason = 'unknown' | 'decided' | 'not-for-good' | 'too-many' | 'unknown-allowance';

const CODES: Record<ApprovalReason, ErrorCode> = {
  unknown: ErrorCode.NOT_FOUND,
  decided: ErrorCode.FAILED_PRECONDITION,
  'not-for-good': ErrorCode.INVALID_REQUEST,
  'too-many': ErrorCode.RESOURCE_EXHAUSTED,
  'unknown-allowance': ErrorCode.NOT_FOUND,
};

/** A command cannot be decided about as asked. */
export class ApprovalError extends AppError {
  constructor(
    readonly reason: ApprovalReason,
    message: string,
    options?: AppErrorOptions,
  ) {
    super(CODES[reason], message, options);
  }
}

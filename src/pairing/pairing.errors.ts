import { AppError, type AppErrorOptions } from '#kernel';
import { ErrorCode } from '#protocol';

export type PairingReason = 'unknown-code' | 'unknown-device' | 'too-many' | 'browser' | 'user';

const CODES: Record<PairingReason, ErrorCode> = {
  'unknown-code': ErrorCode.NOT_FOUND,
  'unknown-device': ErrorCode.NOT_FOUND,
  'too-many': ErrorCode.RESOURCE_EXHAUSTED,
  browser: ErrorCode.INVALID_REQUEST,
  user: ErrorCode.INVALID_REQUEST,
};

/** A device cannot be paired as asked. */
export class PairingError extends AppError {
  constructor(
    readonly reason: PairingReason,
    message: string,
    options?: AppErrorOptions,
  ) {
    super(CODES[reason], message, options);
  }
}

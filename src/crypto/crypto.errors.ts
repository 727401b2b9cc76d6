import { AppError, type AppErrorOptions } from '#kernel';
import { ErrorCode } from '#protocol';

export type CryptoReason = 'bad-key' | 'no-key' | 'wrong-key' | 'not-sealed' | 'lost-key' | 'other-key';

/** A secret cannot be sealed or opened. */
export class CryptoError extends AppError {
  constructor(
    readonly reason: CryptoReason,
    message: string,
    options: AppErrorOptions = {},
  ) {
    super(ErrorCode.FAILED_PRECONDITION, message, options);
  }
}

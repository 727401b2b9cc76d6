import { AppError } from '#kernel';
import { ErrorCode } from '#protocol';

export type NetworkReason = 'scheme' | 'userinfo' | 'blocked' | 'unresolved';

/** A connection that tools may not make. The message is written for the model. */
export class NetworkError extends AppError {
  constructor(
    readonly reason: NetworkReason,
    message: string,
    cause?: unknown,
  ) {
    super(ErrorCode.INVALID_REQUEST, message, { cause });
  }
}

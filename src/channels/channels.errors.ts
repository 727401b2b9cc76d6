import { AppError } from '#kernel';
import { ErrorCode } from '#protocol';

export type ChannelsReason = 'duplicate-channel' | 'bad-channel-name' | 'bad-message';

/** A channel, or a message of one, that cannot be used. */
export class ChannelsError extends AppError {
  constructor(
    readonly reason: ChannelsReason,
    message: string,
  ) {
    super(reason === 'bad-message' ? ErrorCode.INVALID_REQUEST : ErrorCode.FAILED_PRECONDITION, message);
  }
}

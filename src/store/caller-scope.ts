import type { Caller } from '#contracts';
import { ErrorCode } from '#protocol';
import { AppError } from '#kernel';

/**
 * The user id that every statement on a user-scoped table filters by. Stores take the caller and ask here, so
 * that no statement can be sent without an owner.
 */
export function ownerOf(caller: Pick<Caller, 'userId'>): string {
  if (caller.userId === '') {
    throw new AppError(
      ErrorCode.UNAUTHORIZED,
      'This needs a user id: send X-GoClaw-User-Id, or user_id on connect.',
    );
  }
  return caller.userId;
}

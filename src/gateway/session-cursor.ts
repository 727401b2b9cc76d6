import { AppError, isUuid } from '#kernel';
import { ErrorCode } from '#protocol';
import type { SessionEntity, SessionPage } from '#store';

type Position = NonNullable<SessionPage['after']>;

/** Where the next page of sessions begins; opaque to clients. */
export function sessionCursor(session: SessionEntity): string {
  return Buffer.from(`${session.updated_at.getTime()} ${session.id}`).toString('base64url');
}

/** @throws AppError INVALID_REQUEST */
export function readSessionCursor(cursor: string): Position {
  const [time, id, ...rest] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  const updatedAt = new Date(Number(time));
  if (id === undefined || rest.length > 0 || !isUuid(id) || Number.isNaN(updatedAt.getTime())) {
    throw new AppError(
      ErrorCode.INVALID_REQUEST,
      'invalid params: before must be the next of an earlier page',
    );
  }
  return { updatedAt, id };
}

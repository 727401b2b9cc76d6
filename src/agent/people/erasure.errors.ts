import { AppError } from '#kernel';
import { ErrorCode } from '#protocol';
import type { OwnedObject } from '#store';

export type ErasureReason = 'owns-objects' | 'runs-going';

const CODES: Record<ErasureReason, ErrorCode> = {
  'owns-objects': ErrorCode.FAILED_PRECONDITION,
  'runs-going': ErrorCode.UNAVAILABLE,
};

/** A user cannot be erased now. */
export class ErasureError extends AppError {
  constructor(
    readonly reason: ErasureReason,
    userId: string,
    owned: readonly OwnedObject[] = [],
  ) {
    super(CODES[reason], messageOf(reason, userId, owned), {
      ...(owned.length > 0 && { details: { owned: owned.map(({ kind, name }) => `${kind}/${name}`) } }),
      ...(reason === 'runs-going' && { retryAfterMs: 5_000 }),
    });
  }
}

function messageOf(reason: ErasureReason, userId: string, owned: readonly OwnedObject[]): string {
  if (reason === 'runs-going')
    return `Runs of ${userId} have not stopped yet. Nothing of theirs was removed; try again shortly.`;
  const names = owned.map(({ kind, name }) => `${kind}/${name}`).join(', ');
  return `${userId} owns what others may use: ${names}. Say what becomes of it: agents=delete, or agents=transfer:<user id>.`;
}

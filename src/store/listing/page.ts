import { ErrorCode } from '#protocol';
import { AppError } from '#kernel';

export const PAGE_MAX = 200;

/** Which part of a list is wanted. */
export interface PageRequest {
  /** 1 to {@link PAGE_MAX}. */
  readonly limit: number;
  /** One of the listing's sorts; absent: its first one. */
  readonly sort?: string;
  /** Absent: the listing's own direction. */
  readonly descending?: boolean;
  /** `next` of the page before. */
  readonly after?: string;
  /** Rows to skip: for old clients; a page costs more the further back it is. */
  readonly offset?: number;
  /** Count all that fit, too. */
  readonly withTotal?: boolean;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
  readonly total?: number;
}

/** Where a page ended: its last sort value and id. Opaque to clients, and only good for the same order. */
export interface Cursor {
  readonly sort: string;
  readonly descending: boolean;
  readonly value: string;
  readonly id: string;
}

export function encodeCursor({ sort, descending, value, id }: Cursor): string {
  return Buffer.from(JSON.stringify([sort, descending, value, id])).toString('base64url');
}

/** What is said to who sends no cursor, or one that is not of this list. */
export function foreignCursor(cause?: unknown): AppError {
  return new AppError(
    ErrorCode.INVALID_REQUEST,
    'after is not a position in this list. Pass `next` of the page before, with the same sort and order.',
    { details: { param: 'after' }, cause },
  );
}

/** @throws AppError INVALID_REQUEST for what is no cursor, or one of another order. */
export function decodeCursor(text: string, sort: string, descending: boolean): Cursor {
  const parts = parse(text);
  if (parts?.[0] === sort && parts[1] === descending) {
    const [, , value, id] = parts;
    if (typeof value === 'string' && typeof id === 'string') return { sort, descending, value, id };
  }
  throw foreignCursor();
}

function parse(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

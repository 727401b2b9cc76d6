import type { Queryable } from '../database/statement.js';
import { AppError } from '#kernel';
import { ErrorCode } from '#protocol';
import type { Conditions } from './conditions.js';
import { isDataException } from '../database/pg-errors.js';
import { decodeCursor, encodeCursor, foreignCursor, type Page, type PageRequest } from './page.js';

/** One order of a list: an expression that is never null, and its type. */
export interface SortColumn {
  readonly sql: string;
  readonly type: 'text' | 'timestamptz' | 'bigint' | 'int';
  readonly descending?: boolean;
}

/** How rows are listed, page by page. */
export interface Listing {
  /** Columns, or `*`. */
  readonly select: string;
  /** Everything after FROM, with its joins. */
  readonly from: string;
  /** Expression that is unique in the list, and its type: the tie-breaker. */
  readonly id: { readonly sql: string; readonly type: 'uuid' | 'text' | 'bigint' };
  /** By the names that clients use; the first one is the default. */
  readonly sorts: Readonly<Record<string, SortColumn>>;
}

/** Reads one page by keyset: a page costs the same wherever it is. @throws AppError INVALID_REQUEST */
export async function readPage<Row extends object>(
  db: Queryable,
  listing: Listing,
  conditions: Conditions,
  request: PageRequest,
): Promise<Page<Row>> {
  const { name, column } = sortOf(listing, request.sort);
  const descending = request.descending ?? column.descending ?? false;
  const narrowed = conditions.copy();
  if (request.after !== undefined) {
    const { value, id } = decodeCursor(request.after, name, descending);
    const compare = descending ? '<' : '>';
    narrowed.add(
      `(${column.sql}, ${listing.id.sql}) ${compare} (?::${column.type}, ?::${listing.id.type})`,
      value,
      id,
    );
  }
  const direction = descending ? 'DESC' : 'ASC';
  const rows = await readRows<Row & { sort_value: string; row_id: string }>(
    db,
    `SELECT ${listing.select}, (${column.sql})::text AS sort_value, (${listing.id.sql})::text AS row_id
     FROM ${listing.from} WHERE ${narrowed.sql}
     ORDER BY ${column.sql} ${direction}, ${listing.id.sql} ${direction} LIMIT ${Math.floor(request.limit) + 1}
     OFFSET ${Math.floor(request.offset ?? 0)}`,
    narrowed.params,
    request,
  );
  const items = rows.slice(0, request.limit);
  const last = items.at(-1);
  return {
    items: items.map(({ sort_value: _value, row_id: _id, ...row }) => row as unknown as Row),
    ...(rows.length > items.length &&
      last && { next: encodeCursor({ sort: name, descending, value: last.sort_value, id: last.row_id }) }),
    ...(request.withTotal && { total: await count(db, listing, conditions) }),
  };
}

/** The cursor is the one parameter whose type the database checks: whoever wrote one himself is told so. */
async function readRows<Row extends object>(
  db: Queryable,
  sql: string,
  params: readonly unknown[],
  { after }: PageRequest,
): Promise<Row[]> {
  try {
    return await db.query<Row>(sql, params);
  } catch (error) {
    throw after !== undefined && isDataException(error) ? foreignCursor(error) : error;
  }
}

function sortOf(listing: Listing, wanted: string | undefined): { name: string; column: SortColumn } {
  const name = wanted ?? Object.keys(listing.sorts)[0] ?? '';
  const column = Object.hasOwn(listing.sorts, name) ? listing.sorts[name] : undefined;
  if (column) return { name, column };
  throw new AppError(
    ErrorCode.INVALID_REQUEST,
    `sort must be one of ${Object.keys(listing.sorts).join(', ')}.`,
    {
      details: { param: 'sort' },
    },
  );
}

async function count(db: Queryable, listing: Listing, conditions: Conditions): Promise<number> {
  const [row] = await db.query<{ total: string }>(
    `SELECT count(*) AS total FROM ${listing.from} WHERE ${conditions.sql}`,
    conditions.params,
  );
  return Number(row?.total ?? 0);
}

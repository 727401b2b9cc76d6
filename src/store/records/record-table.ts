import { isUuid, newId } from '#kernel';
import { isUniqueViolation } from '../database/pg-errors.js';
import type { Queryable } from '../database/statement.js';
import { toJsonb, toText } from '../jsonb.js';
import type { Conditions } from '../listing/conditions.js';
import { type Listing, readPage, type SortColumn } from '../listing/listing.js';
import type { Page, PageRequest } from '../listing/page.js';
import { StoreError } from '../store.errors.js';

/** What every record has. */
export interface RecordRow {
  readonly id: string;
  /** Its ETag: every change raises it. */
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export interface RecordSpec {
  readonly table: string;
  /** What may be written, and whether it is jsonb. Nothing else ever reaches a statement. */
  readonly columns: Readonly<Record<string, 'value' | 'jsonb'>>;
  readonly sorts: Readonly<Record<string, SortColumn>>;
  /** What a row must fulfil to exist, for tables that keep deleted ones. */
  readonly live?: string;
}

type Values<Row> = Partial<Omit<Row, keyof RecordRow>>;

/** Reads and writes of a table whose rows people edit: by id, with a version, page by page. */
export class RecordTable<Row extends RecordRow> {
  private readonly live: string;
  private readonly listing: Listing;

  constructor(
    private readonly db: Queryable,
    private readonly spec: RecordSpec,
  ) {
    this.live = spec.live ?? 'true';
    const { table, sorts } = spec;
    this.listing = { select: '*', from: table, id: { sql: 'id', type: 'uuid' }, sorts };
  }

  /** `undefined` also for what is no id. */
  async find(id: string, db: Queryable = this.db): Promise<Row | undefined> {
    if (!isUuid(id)) return undefined;
    const [row] = await db.query<Row>(`SELECT * FROM ${this.spec.table} WHERE id = $1 AND ${this.live}`, [
      id,
    ]);
    return row;
  }

  async findBy(conditions: Conditions, db: Queryable = this.db): Promise<Row[]> {
    return db.query<Row>(
      `SELECT * FROM ${this.spec.table} WHERE ${this.live} AND ${conditions.sql} ORDER BY id`,
      conditions.params,
    );
  }

  page(conditions: Conditions, request: PageRequest): Promise<Page<Row>> {
    return readPage<Row>(this.db, this.listing, conditions.copy().add(this.live), request);
  }

  /** @throws StoreError `conflict` when a row with the same name is there. */
  async insert(tx: Queryable, values: Values<Row>): Promise<Row> {
    const columns = this.written(values);
    const names = ['id', ...columns.map(([name]) => name)];
    const [row] = await this.unlessTaken<Row>(
      tx,
      `INSERT INTO ${this.spec.table} (${names.join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')}) RETURNING *`,
      [newId(), ...columns.map(([, value]) => value)],
    );
    if (!row) throw new TypeError('INSERT gave no row back.');
    return row;
  }

  /**
   * Changes what is given; `undefined` when there is no such row. The row is locked until the transaction ends.
   * @param version the one that the caller has seen; absent: any
   * @throws StoreError `stale` when the row has another version by now; `conflict`
   */
  async update(
    tx: Queryable,
    id: string,
    values: Values<Row>,
    version?: number,
  ): Promise<{ before: Row; after: Row } | undefined> {
    const before = await this.locked(tx, id, version);
    if (!before) return undefined;
    const columns = this.written(values);
    const sets = columns.map(([name], i) => `${name} = $${i + 2}`);
    const [after] = await this.unlessTaken<Row>(
      tx,
      `UPDATE ${this.spec.table} SET ${[...sets, 'version = version + 1', 'updated_at = now()'].join(', ')}
       WHERE id = $1 RETURNING *`,
      [id, ...columns.map(([, value]) => value)],
    );
    return after && { before, after };
  }

  /** Removes the row and returns it. @throws StoreError `stale` */
  async remove(tx: Queryable, id: string, version?: number): Promise<Row | undefined> {
    const before = await this.locked(tx, id, version);
    if (before) await tx.query(`DELETE FROM ${this.spec.table} WHERE id = $1`, [id]);
    return before;
  }

  /** The row, kept from others until the transaction ends. @throws StoreError `stale` */
  async locked(tx: Queryable, id: string, version?: number): Promise<Row | undefined> {
    if (!isUuid(id)) return undefined;
    const [row] = await tx.query<Row>(
      `SELECT * FROM ${this.spec.table} WHERE id = $1 AND ${this.live} FOR UPDATE`,
      [id],
    );
    if (row && version !== undefined && row.version !== version) {
      throw new StoreError(
        'stale',
        `It was changed by somebody else (version ${row.version}, not ${version}). Read it again, then change it.`,
        { details: { version: row.version } },
      );
    }
    return row;
  }

  private async unlessTaken<R extends object>(
    tx: Queryable,
    sql: string,
    params: readonly unknown[],
  ): Promise<R[]> {
    try {
      return await tx.query<R>(sql, params);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new StoreError('conflict', 'That name is taken. Choose another one, or change what has it.', {
        cause: error,
      });
    }
  }

  private written(values: Values<Row>): [string, unknown][] {
    return Object.entries(values).flatMap(([name, value]) => {
      const kind = Object.hasOwn(this.spec.columns, name) ? this.spec.columns[name] : undefined;
      if (kind === undefined || value === undefined) return [];
      return [[name, parameter(kind, value)]];
    });
  }
}

function parameter(kind: 'value' | 'jsonb', value: unknown): unknown {
  if (value === null) return null;
  if (kind === 'jsonb') return toJsonb(value);
  return typeof value === 'string' ? toText(value) : value;
}

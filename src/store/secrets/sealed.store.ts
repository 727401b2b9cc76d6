import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { SEALED_COLUMNS, type SealedColumn } from './sealed-columns.js';

/** One stored secret: sealed, or at least meant to be. */
export interface SealedValue {
  readonly key: string;
  readonly value: string;
}

const BATCH_ROWS = 200;

/** The secrets in all tables, without knowing what they are. */
@Injectable()
export class SealedStore {
  constructor(private readonly database: Database) {}

  async count({ table, column }: SealedColumn): Promise<number> {
    const [row] = await this.database.query<{ count: string }>(
      `SELECT count(*) FROM ${table} WHERE ${column} IS NOT NULL AND ${column} <> ''`,
    );
    return Number(row?.count ?? 0);
  }

  /** Every value of a column, batch by batch; what is added meanwhile may be missed. */
  async *batches({ table, key, column }: SealedColumn): AsyncGenerator<readonly SealedValue[]> {
    for (let after: string | undefined; ;) {
      const rows: SealedValue[] = await this.database.query<{ key: string; value: string }>(
        `SELECT (${key})::text AS key, ${column} AS value FROM ${table}
         WHERE ${column} IS NOT NULL AND ${column} <> '' AND ($1::text IS NULL OR (${key})::text COLLATE "C" > $1)
         ORDER BY (${key})::text COLLATE "C" LIMIT ${BATCH_ROWS}`,
        [after ?? null],
      );
      if (rows.length > 0) yield rows;
      after = rows.at(-1)?.key;
      if (rows.length < BATCH_ROWS) return;
    }
  }

  /** Puts `sealed` in the place of `old`. `false`: somebody has changed it since. */
  async replace({ table, key, column }: SealedColumn, old: SealedValue, sealed: string): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE ${table} SET ${column} = $3 WHERE (${key})::text = $1 AND ${column} = $2 RETURNING 1`,
      [old.key, old.value, sealed],
    );
    return rows.length > 0;
  }

  /** Some stored secret that is not the check of the key itself; `undefined`: nothing is stored. */
  async any(except: string): Promise<string | undefined> {
    for (const { table, key, column } of SEALED_COLUMNS) {
      const [row] = await this.database.query<{ value: string }>(
        `SELECT ${column} AS value FROM ${table}
         WHERE ${column} IS NOT NULL AND ${column} <> '' AND (${key})::text <> $1 LIMIT 1`,
        [except],
      );
      if (row) return row.value;
    }
    return undefined;
  }
}

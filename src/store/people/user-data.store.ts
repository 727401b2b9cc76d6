import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/statement.js';
import { toText } from '../jsonb.js';
import { ERASED_USER, OWNED_OBJECTS, PROVENANCE, USER_TABLES, type UserTable } from './user-tables.js';

/** Rows of one read of an export. */
const EXPORT_BATCH = 200;

/** Rows of one statement of an erasure: each must end long before a statement counts as hung. */
const ERASE_BATCH = 5_000;

/** Something that belongs to a user and that others may use. */
export interface OwnedObject {
  readonly kind: 'agents' | 'skills';
  readonly id: string;
  readonly name: string;
}

/** Everything that the database holds of one user: reading it out, and removing it. For admins. */
@Injectable()
export class UserDataStore {
  constructor(private readonly database: Database) {}

  /** Every row of his, table by table, in batches: memory stays bounded however much there is. */
  async *rows(userId: string): AsyncGenerator<{ readonly table: string; readonly row: object }> {
    for (const table of USER_TABLES.toReversed()) {
      for await (const row of this.rowsOf(table, toText(userId))) yield { table: table.table, row };
    }
    for (const { kind, id, name } of await this.ownedObjects(toText(userId)))
      yield { table: kind, row: { id, name } };
  }

  /** Agents and skills that he owns and that are in use. */
  async ownedObjects(userId: string): Promise<OwnedObject[]> {
    const found: OwnedObject[] = [];
    for (const { table, name, live } of OWNED_OBJECTS) {
      const rows = await this.database.query<{ id: string; name: string }>(
        `SELECT id, ${name} AS name FROM ${table} WHERE owner_id = $1 AND ${live} ORDER BY ${name}`,
        [userId],
      );
      found.push(...rows.map((row) => ({ kind: table, ...row })));
    }
    return found;
  }

  /** Gives them to somebody else, or takes them out of use, but for the default agent; nothing names the user after that. */
  async settleOwned(tx: Queryable, userId: string, heir: string | undefined): Promise<void> {
    for (const { table, live, remove, stays } of OWNED_OBJECTS) {
      if (heir === undefined)
        await tx.query(`UPDATE ${table} SET ${remove} WHERE owner_id = $1 AND ${live} AND NOT ${stays}`, [
          userId,
        ]);
      await tx.query(`UPDATE ${table} SET owner_id = $2, version = version + 1 WHERE owner_id = $1`, [
        userId,
        heir ?? ERASED_USER,
      ]);
    }
  }

  /** Whether a run of his goes or waits, on whatever replica. */
  async hasOpenRuns(userId: string): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT 1 FROM runs WHERE user_id = $1 AND state IN ('queued', 'running') LIMIT 1`,
      [userId],
    );
    return rows.length > 0;
  }

  /** Where agents work, deleted ones too: below each a user may have files. */
  agentPlaces(): Promise<{ agent_key: string; workspace: string }[]> {
    return this.database.query(`SELECT DISTINCT agent_key, workspace FROM agents`);
  }

  async sessionIds(userId: string): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(`SELECT id FROM sessions WHERE user_id = $1`, [
      userId,
    ]);
    return rows.map(({ id }) => id);
  }

  /** Removes what lets him in. Returns how many rows of which table. */
  async eraseAccess(userId: string): Promise<Record<string, number>> {
    return this.eraseTables(
      USER_TABLES.filter(({ opens }) => opens),
      userId,
    );
  }

  /** Removes what is his, batch by batch; safe to repeat after an interruption. Returns how many rows of which table. */
  async erase(userId: string): Promise<Record<string, number>> {
    const counts = await this.eraseTables(USER_TABLES, userId);
    for (const [table, column] of PROVENANCE) {
      await this.database.query(`UPDATE ${table} SET ${column} = $2 WHERE ${column} = $1`, [
        userId,
        ERASED_USER,
      ]);
    }
    return counts;
  }

  private async *rowsOf({ table, own, key, hidden = [] }: UserTable, userId: string): AsyncGenerator<object> {
    const columns = key.map(([column]) => column).join(', ');
    let position: readonly string[] | undefined;
    for (;;) {
      const behind = position
        ? `AND (${columns}) > (${key.map(([, type], index) => `$${index + 2}::text::${type}`).join(', ')})`
        : '';
      const rows = await this.database.query<{ row: object; position: string[] }>(
        `SELECT to_jsonb(t) - $${key.length * (position ? 1 : 0) + 2}::text[] AS row,
           ARRAY[${key.map(([column]) => `${column}::text`).join(', ')}] AS position
         FROM ${table} t WHERE (${own}) ${behind} ORDER BY ${columns} LIMIT ${EXPORT_BATCH}`,
        [userId, ...(position ?? []), hidden],
      );
      for (const { row } of rows) yield row;
      position = rows.at(-1)?.position;
      if (rows.length < EXPORT_BATCH) return;
    }
  }

  private async eraseTables(tables: readonly UserTable[], userId: string): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { table, own } of tables) {
      const removed = await this.eraseRows(table, own, userId);
      if (removed > 0) counts[table] = removed;
    }
    return counts;
  }

  private async eraseRows(table: string, own: string, userId: string): Promise<number> {
    for (let removed = 0; ;) {
      const [row] = await this.database.query<{ count: string }>(
        `WITH gone AS (
           DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ${own} LIMIT ${ERASE_BATCH}))
           RETURNING 1
         ) SELECT count(*) FROM gone`,
        [userId],
      );
      const count = Number(row?.count ?? 0);
      removed += count;
      if (count < ERASE_BATCH) return removed;
    }
  }
}

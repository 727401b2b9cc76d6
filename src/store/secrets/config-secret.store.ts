import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/statement.js';

/** Secrets of the configuration, sealed, by their dotted paths. */
@Injectable()
export class ConfigSecretStore {
  constructor(private readonly database: Database) {}

  async find(key: string): Promise<string | undefined> {
    const [row] = await this.database.query<{ value: string }>(
      'SELECT value FROM config_secrets WHERE key = $1',
      [key],
    );
    return row?.value;
  }

  /** Sealed texts by path. */
  async all(db: Queryable = this.database): Promise<ReadonlyMap<string, string>> {
    const rows = await db.query<{ key: string; value: string }>('SELECT key, value FROM config_secrets');
    return new Map(rows.map(({ key, value }) => [key, value]));
  }

  async put(key: string, sealed: string, db: Queryable = this.database): Promise<void> {
    await db.query(
      `INSERT INTO config_secrets (key, value) VALUES ($1, $2)
       ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()`,
      [key, sealed],
    );
  }

  async remove(key: string, db: Queryable = this.database): Promise<void> {
    await db.query('DELETE FROM config_secrets WHERE key = $1', [key]);
  }
}

import type { DataSource } from 'typeorm';
import { MIGRATIONS } from '#migrations';
import { StoreError } from '../store.errors.js';

export interface MigrationStatus {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
}

/** Brings the schema to the program's; all of it or nothing. Returns the names that were applied. */
export async function runMigrations(source: DataSource): Promise<string[]> {
  await migrationStatus(source);
  try {
    const done = await source.runMigrations({ transaction: 'all' });
    return done.map(({ name }) => name);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreError(
      'migration-failed',
      `The database schema could not be brought up to date, nothing was changed: ${reason}`,
      { cause: error },
    );
  }
}

/** Takes back the newest migration; `undefined` when there is none. */
export async function revertMigration(source: DataSource): Promise<string | undefined> {
  const { applied } = await migrationStatus(source);
  const last = applied.at(-1);
  if (last) await source.undoLastMigration({ transaction: 'all' });
  return last;
}

/** @throws StoreError `newer-schema` when the database knows migrations that this program does not. */
export async function migrationStatus(source: DataSource): Promise<MigrationStatus> {
  const known = MIGRATIONS.map(({ name }) => name);
  const [table] = await source.query<{ found: boolean }[]>(
    `SELECT to_regclass('migrations') IS NOT NULL AS found`,
  );
  const rows = table?.found
    ? await source.query<{ name: string }[]>('SELECT name FROM migrations ORDER BY id')
    : [];
  const applied = rows.map(({ name }) => name);
  const strangers = applied.filter((name) => !known.includes(name));
  if (strangers.length > 0) {
    throw new StoreError(
      'newer-schema',
      `The database was written by a newer version of GoClaw (${strangers.join(', ')}). Start that version or a later one.`,
    );
  }
  return { applied, pending: known.filter((name) => !applied.includes(name)) };
}

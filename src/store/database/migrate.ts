import { Logger } from '@nestjs/common';
import { type DataSource, MigrationExecutor, type QueryRunner } from 'typeorm';
import { MIGRATIONS } from '#migrations';
import { MIGRATION_LOCK } from '../replication/advisory-locks.js';
import { StoreError } from '../store.errors.js';
import type { Queryable } from './statement.js';

export interface MigrationStatus {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
}

/**
 * Brings the schema to the program's; all of it or nothing. Where several begin at once, one does the work and the
 * others wait for it. `more` is done under the same lock. Returns the names that were applied.
 */
export async function runMigrations(
  source: DataSource,
  more: (database: Queryable) => Promise<void> = () => Promise.resolve(),
): Promise<string[]> {
  try {
    return await exclusively(source, async (runner) => {
      await migrationStatus(runner);
      const done = await new MigrationExecutor(source, runner).executePendingMigrations();
      await more(queryable(runner));
      return done.map(({ name }) => name);
    });
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreError(
      'migration-failed',
      `The database schema could not be brought up to date, nothing was changed: ${reason}`,
      { cause: error },
    );
  }
}

/** Takes back the newest migration; `undefined` when there is none. No gateway may be running. */
export function revertMigration(source: DataSource): Promise<string | undefined> {
  return exclusively(source, async (runner) => {
    const { applied } = await migrationStatus(runner);
    const last = applied.at(-1);
    if (last) await new MigrationExecutor(source, runner).undoLastMigration();
    return last;
  });
}

/** @throws StoreError `newer-schema` when the database knows migrations that this program does not. */
export async function migrationStatus(source: DataSource | QueryRunner): Promise<MigrationStatus> {
  const known = MIGRATIONS.map(({ name }) => name);
  const [table] = (await source.query(`SELECT to_regclass('migrations') IS NOT NULL AS found`)) as {
    found: boolean;
  }[];
  const rows = table?.found
    ? ((await source.query('SELECT name FROM migrations ORDER BY id')) as { name: string }[])
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

/** One transaction, in which nobody else changes the schema. */
async function exclusively<T>(source: DataSource, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
  const runner = source.createQueryRunner();
  try {
    await runner.startTransaction();
    await lock(runner);
    const result = await work(runner);
    await runner.commitTransaction();
    return result;
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await runner.release();
  }
}

async function lock(runner: QueryRunner): Promise<void> {
  const [row] = (await runner.query(`SELECT pg_try_advisory_xact_lock(${MIGRATION_LOCK}, 0) AS taken`)) as {
    taken: boolean;
  }[];
  if (row?.taken) return;
  const logger = new Logger('Database');
  logger.log('another gateway is changing the database schema: waiting for it');
  await runner.query(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK}, 0)`);
  logger.log('the other gateway is done with the database schema');
}

function queryable(runner: QueryRunner): Queryable {
  return {
    query: async <Row extends object>(
      sql: Parameters<Queryable['query']>[0],
      params: readonly unknown[] = [],
    ) => (await runner.query(typeof sql === 'string' ? sql : sql.text, [...params])) as Row[],
  };
}

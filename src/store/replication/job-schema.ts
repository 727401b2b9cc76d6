import { Logger } from '@nestjs/common';
import type { Queryable } from '../database/statement.js';
import { errorCode } from '../database/pg-errors.js';
import { StoreError } from '../store.errors.js';
import { openJobPool } from './job-pool.js';

/** SQLSTATE */
const INSUFFICIENT_PRIVILEGE = '42501';

/** Where graphile-worker keeps its tables. */
export const JOB_SCHEMA = 'graphile_worker';

/** Version of those tables that the installed graphile-worker brings; its tests say when it is another one. */
export const JOB_SCHEMA_VERSION = 20;

/**
 * Brings the tables of the job queue to the library's version. Call it under the migration lock. Nothing is loaded
 * of the library when the tables are as they should be: every start would pay for it.
 */
export async function migrateJobSchema(database: Queryable, dsn: string): Promise<void> {
  if ((await jobSchemaVersion(database)) >= JOB_SCHEMA_VERSION) return;
  const { runMigrations } = await import('graphile-worker');
  const pool = openJobPool(dsn);
  try {
    await runMigrations({ pgPool: pool, schema: JOB_SCHEMA });
  } catch (error) {
    if (errorCode(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new StoreError(
      'migration-failed',
      `The role of GOCLAW_POSTGRES_DSN may not make the schema ${JOB_SCHEMA} of the job queue. Let it (GRANT CREATE ON DATABASE … TO …), or run "goclaw migrate up" once as a role that may.`,
      { cause: error },
    );
  } finally {
    await pool.end();
  }
  new Logger('Database').log('the tables of the job queue were brought up to date');
}

/** 0 where there are none. */
export async function jobSchemaVersion(database: Queryable): Promise<number> {
  const [table] = await database.query<{ found: boolean }>(
    `SELECT to_regclass('${JOB_SCHEMA}.migrations') IS NOT NULL AS found`,
  );
  if (!table?.found) return 0;
  const [row] = await database.query<{ version: number | null }>(
    `SELECT max(id) AS version FROM ${JOB_SCHEMA}.migrations`,
  );
  return row?.version ?? 0;
}

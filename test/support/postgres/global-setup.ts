import { isPostgresRequired } from './test-database.js';
import { PostgresUnavailableError, startTestPostgres } from './test-postgres.js';

/** Several vitest projects name this file; they share the one server of the run. */
const RUNNING = Symbol.for('goclaw.test-postgres');
const shared: typeof globalThis & { [RUNNING]?: Promise<() => Promise<void>> } = globalThis;

/** Gives the run its PostgreSQL in `GOCLAW_TEST_POSTGRES_DSN`, or why there is none in `…_LACK`. */
export default async function setup(): Promise<() => Promise<void>> {
  shared[RUNNING] ??= start();
  return await shared[RUNNING];
}

async function start(): Promise<() => Promise<void>> {
  const given = (process.env['GOCLAW_TEST_POSTGRES_DSN'] ?? '') !== '';
  try {
    const postgres = await startTestPostgres();
    process.env['GOCLAW_TEST_POSTGRES_DSN'] = postgres.dsn;
    return () => postgres.stop();
  } catch (error) {
    if (given || !(error instanceof PostgresUnavailableError)) throw error;
    process.env['GOCLAW_TEST_POSTGRES_LACK'] = error.lack;
    const fate = isPostgresRequired() ? 'fail, because CI must have it' : 'are skipped';
    process.stderr.write(`\nTests that need PostgreSQL ${fate}: ${error.message}\n\n`);
    return () => Promise.resolve();
  }
}

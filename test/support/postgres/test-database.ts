import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** The one database of a test file, empty until the test migrates it. */
export interface TestDatabase {
  readonly dsn: string;
  /** Cuts what is still connected and drops the database. */
  readonly drop: () => Promise<void>;
}

export interface TestDatabaseOptions {
  /** A database to copy, e.g. a migrated one; nothing may be connected to it. Default: an empty one. */
  readonly template?: string;
}

/** The server for tests, or `undefined` with {@link postgresLack} telling why. */
export function testPostgresDsn(): string | undefined {
  const dsn = process.env['GOCLAW_TEST_POSTGRES_DSN'];
  return dsn === '' ? undefined : dsn;
}

/** Why there is no PostgreSQL for tests in this run. */
export function postgresLack(): string {
  return process.env['GOCLAW_TEST_POSTGRES_LACK'] ?? 'this test project starts none (see vitest.config.ts)';
}

/** CI must have it: there its tests are not skipped, they fail with the reason. */
export function isPostgresRequired(): boolean {
  return process.env['CI'] === 'true';
}

/** Creates a fresh database on the PostgreSQL of this test run. */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = testPostgresDsn();
  if (server === undefined) throw new Error(`No PostgreSQL for tests: ${postgresLack()}`);
  const name = `test_${randomBytes(6).toString('hex')}`;
  await execute(server, `CREATE DATABASE ${name} TEMPLATE ${options.template ?? 'template0'}`);
  const dsn = new URL(server);
  dsn.pathname = `/${name}`;
  return { dsn: dsn.href, drop: () => execute(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function execute(dsn: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: dsn });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { createTestDatabase } from './test-database.js';

/** A database as a careful company has it: one role owns the tables, the gateway's own role owns nothing. */
export interface RestrictedDatabase {
  /** The gateway's role. */
  readonly dsn: string;
  /** The owner's. */
  readonly migrationDsn: string;
  /** A superuser's, whom nothing holds back. */
  readonly superuserDsn: string;
  readonly drop: () => Promise<void>;
}

/** Roles that nothing but the tables' own rules let do anything: neither is a superuser. */
export async function createRestrictedDatabase(): Promise<RestrictedDatabase> {
  const { dsn, drop } = await createTestDatabase();
  const id = randomBytes(4).toString('hex');
  const [owner, app] = [`owner_${id}`, `app_${id}`];
  const name = new URL(dsn).pathname.slice(1);
  await asSuperuser(
    dsn,
    'CREATE EXTENSION IF NOT EXISTS vector',
    `CREATE ROLE ${owner} LOGIN PASSWORD '${id}' NOSUPERUSER NOBYPASSRLS`,
    `CREATE ROLE ${app} LOGIN PASSWORD '${id}' NOSUPERUSER NOBYPASSRLS`,
    `ALTER DATABASE ${name} OWNER TO ${owner}`,
    `ALTER SCHEMA public OWNER TO ${owner}`,
  );
  return {
    dsn: withRole(dsn, app, id),
    migrationDsn: withRole(dsn, owner, id),
    superuserDsn: dsn,
    drop: async () => {
      await drop();
      const server = new URL(dsn);
      server.pathname = '/postgres';
      await asSuperuser(server.href, `DROP ROLE IF EXISTS ${app}`, `DROP ROLE IF EXISTS ${owner}`);
    },
  };
}

async function asSuperuser(dsn: string, ...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: dsn });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

function withRole(dsn: string, role: string, password: string): string {
  const url = new URL(dsn);
  url.username = role;
  url.password = password;
  return url.href;
}

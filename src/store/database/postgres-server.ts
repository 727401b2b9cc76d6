import { Client } from 'pg';
import { StoreError } from '../store.errors.js';

/** Oldest server whose features we rely on. */
const OLDEST_SERVER = 150_000;

/** @throws StoreError when the server is too old or lacks pgvector; driver errors when it does not answer. */
export async function requireServer(dsn: string, timeoutMs: number): Promise<void> {
  const client = new Client({ connectionString: dsn, connectionTimeoutMillis: timeoutMs });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ version: number; vector: boolean }>(
      `SELECT current_setting('server_version_num')::int AS version,
              EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector') AS vector`,
    );
    const server = rows[0];
    if (!server || server.version < OLDEST_SERVER) {
      throw new StoreError(
        'version',
        `PostgreSQL 15 or later is needed; this one is ${server?.version}. Upgrade it.`,
      );
    }
    if (!server.vector) {
      throw new StoreError(
        'missing-pgvector',
        'PostgreSQL lacks the extension pgvector. Install it on the server.',
      );
    }
  } finally {
    await client.end().catch(() => undefined);
  }
}

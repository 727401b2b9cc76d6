import { Client } from 'pg';
import type { Clock } from '#kernel';
import { StoreError } from '../store.errors.js';

/** Oldest server whose features we rely on. */
const OLDEST_SERVER = 150_000;

/** Key of the advisory lock that one gateway holds per database ("goclaw" in ASCII). */
const LOCK_KEY = '113668825112951';

const LOST_RETRY_MS = 1_000;
const CLAIM_TIMEOUT_MS = 5_000;

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

/**
 * Claims the database for this process on a connection of its own; returns what gives it up. When that connection
 * breaks, the claim is taken anew; when somebody else has it by then, `onLost` is called.
 * @throws StoreError `in-use` when another gateway has it.
 */
export async function lockDatabase(
  dsn: string,
  clock: Clock,
  onLost?: (error: Error) => void,
): Promise<() => Promise<void>> {
  let released = false;
  let client = await claim(dsn);
  const watch = (): void => {
    client.once('end', () => void regain());
  };
  const regain = async (): Promise<void> => {
    while (!released) {
      try {
        client = await claim(dsn);
        // Given up while the claim was on its way: an open connection would hold the lock, and the process.
        if (released) await client.end().catch(() => undefined);
        else watch();
        return;
      } catch (error) {
        if (error instanceof StoreError) return onLost?.(error);
      }
      await clock.wait(LOST_RETRY_MS);
    }
  };
  watch();
  return async () => {
    released = true;
    await client.end().catch(() => undefined);
  };
}

async function claim(dsn: string): Promise<Client> {
  const client = new Client({
    connectionString: dsn,
    application_name: 'goclaw-lock',
    keepAlive: true,
    connectionTimeoutMillis: CLAIM_TIMEOUT_MS,
  });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ taken: boolean }>(
    `SELECT pg_try_advisory_lock(${LOCK_KEY}) AS taken`,
  );
  if (rows[0]?.taken) return client;
  await client.end().catch(() => undefined);
  throw new StoreError(
    'in-use',
    'Another gateway is running on this database. Stop it first, or give this one a database of its own (GOCLAW_POSTGRES_DSN).',
  );
}

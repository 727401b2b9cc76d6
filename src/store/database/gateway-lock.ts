import { Client } from 'pg';
import { GATEWAY_LOCK } from '../replication/advisory-locks.js';
import { StoreError } from '../store.errors.js';

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Does what no gateway may see: while it lasts none can start. `dsn` must be that of a direct connection.
 * @throws StoreError `in-use` when a gateway is running.
 */
export async function withoutGateways<T>(dsn: string, work: () => Promise<T>): Promise<T> {
  const client = new Client({
    connectionString: dsn,
    application_name: 'goclaw-migrate',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1, 0) AS taken', [
      GATEWAY_LOCK,
    ]);
    if (!rows[0]?.taken) {
      throw new StoreError('in-use', 'A gateway is running on this database. Stop every gateway first.');
    }
    return await work();
  } finally {
    await client.end().catch(() => undefined);
  }
}

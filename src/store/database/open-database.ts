import { DataSource, type DataSourceOptions } from 'typeorm';
import type { Pool } from 'pg';
import { MIGRATIONS } from '#migrations';
import type { Clock } from '#kernel';
import { StoreError } from '../store.errors.js';
import { Database } from './database.js';
import { embeddedConnection } from './embedded.js';
import { ENTITIES } from './entities.js';
import { runMigrations } from './migrate.js';
import { isUnavailable } from './pg-errors.js';
import { lockDatabase, requireServer } from './postgres-lock.js';

/** A server that is still starting is given this many tries. */
const CONNECT_ATTEMPTS = 5;
const CONNECT_INTERVAL_MS = 2_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** Longest wait for a free connection of the pool. */
const ACQUIRE_TIMEOUT_MS = 30_000;
/** A new connection is a new server process that plans every statement anew: worth keeping between two bursts. */
const IDLE_CONNECTION_MS = 300_000;

export interface DatabaseOptions {
  /** Absent: embedded, in `dataDir`. */
  readonly dsn?: string | undefined;
  readonly dataDir: string;
  readonly poolSize: number;
  readonly clock: Clock;
  /** Tries before a server counts as unreachable, two seconds apart; 5 unless told. */
  readonly connectAttempts?: number;
  /** Longest wait for a free connection of the pool; 30 s unless told. */
  readonly acquireTimeoutMs?: number;
  /** Called when the claim on the database was lost to another process. */
  readonly onLockLost?: (error: Error) => void;
}

/**
 * Connects, claims the database for this process, migrates.
 * @throws StoreError `unavailable`, `in-use`, `version`, `missing-pgvector`, `newer-schema`, `migration-failed`,
 *   each with its remedy.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { source, release } = await connect(options);
  try {
    await runMigrations(source);
    return new Database(source, poolOf(source), options.clock, release);
  } catch (error) {
    await source.destroy().catch(() => undefined);
    await release();
    throw error;
  }
}

/** Connects and claims the database; the schema is left as it is. */
export async function connect(
  options: DatabaseOptions,
): Promise<{ source: DataSource; release: () => Promise<void> }> {
  const { connection, release } = options.dsn
    ? await openServer(options, options.dsn)
    : await embeddedConnection(options.dataDir);
  try {
    return {
      source: await new DataSource({ ...base(), ...connection } as DataSourceOptions).initialize(),
      release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}

async function openServer(
  options: DatabaseOptions,
  dsn: string,
): Promise<{ connection: Partial<DataSourceOptions>; release: () => Promise<void> }> {
  await waitForServer(dsn, options.clock, options.connectAttempts ?? CONNECT_ATTEMPTS);
  const release = await lockDatabase(dsn, options.clock, options.onLockLost);
  const extra = {
    connectionTimeoutMillis: options.acquireTimeoutMs ?? ACQUIRE_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_CONNECTION_MS,
    application_name: 'goclaw',
  };
  return {
    connection: { url: dsn, poolSize: options.poolSize, extra } as Partial<DataSourceOptions>,
    release,
  };
}

async function waitForServer(dsn: string, clock: Clock, attempts: number): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await requireServer(dsn, CONNECT_TIMEOUT_MS);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      if (attempt >= attempts) {
        const reason =
          error instanceof Error ? error.message || String(Reflect.get(error, 'code')) : String(error);
        throw new StoreError(
          'unavailable',
          `PostgreSQL at GOCLAW_POSTGRES_DSN does not answer (${reason}). Start it, or correct the DSN.`,
          { cause: error },
        );
      }
    }
    await clock.wait(CONNECT_INTERVAL_MS);
  }
}

function base(): DataSourceOptions {
  return {
    type: 'postgres',
    entities: ENTITIES,
    migrations: MIGRATIONS,
    synchronize: false,
    logging: false,
    installExtensions: false,
  };
}

function poolOf(source: DataSource): Pool {
  return Reflect.get(source.driver, 'master') as Pool;
}

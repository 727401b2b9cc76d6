import { DataSource, type DataSourceOptions } from 'typeorm';
import type { Pool, PoolClient } from 'pg';
import { MIGRATIONS } from '#migrations';
import type { Clock } from '#kernel';
import { migrateJobSchema } from '../replication/job-schema.js';
import { PgReplicas } from '../replication/pg-replicas.js';
import { ReplicaLink } from '../replication/replica-link.js';
import { StoreError } from '../store.errors.js';
import { grantJobs, grantToApplication } from './application-role.js';
import { Database } from './database.js';
import { embeddedConnection } from './embedded.js';
import { ENTITIES } from './entities.js';
import { runMigrations } from './migrate.js';
import { isUnavailable } from './pg-errors.js';
import { requireServer } from './postgres-server.js';
import { SYSTEM_SCOPE } from './scoped-query.js';
import type { Queryable } from './statement.js';

/** A server that is still starting is given this many tries. */
const CONNECT_ATTEMPTS = 5;
const CONNECT_INTERVAL_MS = 2_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** Longest wait for a free connection of the pool. */
const ACQUIRE_TIMEOUT_MS = 30_000;
/** A new connection is a new server process that plans every statement anew: worth keeping between two bursts. */
const IDLE_CONNECTION_MS = 300_000;
/** While the server is well no statement takes as long, not even one that removes old rows. */
const ANSWER_MAX_MS = 60_000;
/** Connections of a server that is gone are noticed while nobody waits for them. */
const KEEPALIVE_DELAY_MS = 5_000;

export interface DatabaseOptions {
  /** Absent: embedded, in `dataDir`. */
  readonly dsn?: string | undefined;
  /** A way to the same database that gives a session to one client alone; `dsn` unless told. */
  readonly directDsn?: string | undefined;
  /** Of the role that owns the tables, when the gateway's own role does not; a direct connection. */
  readonly migrationDsn?: string | undefined;
  readonly dataDir: string;
  readonly poolSize: number;
  readonly clock: Clock;
  /** Tries before a server counts as unreachable, two seconds apart; 5 unless told. */
  readonly connectAttempts?: number;
  /** Longest wait for a free connection of the pool; 30 s unless told. */
  readonly acquireTimeoutMs?: number;
  /** Longest wait for the answer of a server; a minute unless told. */
  readonly answerMaxMs?: number;
}

/** A database whose schema was not looked at yet. */
interface Connection {
  readonly source: DataSource;
  readonly release: () => Promise<void>;
  /** What has to be migrated beside our own tables. */
  readonly migrateMore?: (database: Queryable) => Promise<void>;
}

/** The tables' owner needs two at most: one for the migration, one beside it. */
const OWNER_CONNECTIONS = 2;

/**
 * Connects, shows the other replicas that this gateway is there (an embedded database is for this process alone),
 * migrates.
 * @throws StoreError `unavailable`, `in-use`, `version`, `missing-pgvector`, `newer-schema`, `migration-failed`,
 *   each with its remedy.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { source, release, migrateMore } = await connect(options);
  const open: (() => Promise<unknown>)[] = [release, () => source.destroy()];
  try {
    const link = await openLink(options);
    if (link) open.push(() => link.close());
    await migrate(options, source, migrateMore);
    const replicas = link && (await PgReplicas.join(link, options.clock));
    const leave = async (): Promise<void> => {
      await replicas?.leave();
      await release();
    };
    const answerMaxMs = link && (options.answerMaxMs ?? ANSWER_MAX_MS);
    return new Database(source, poolOf(source), options.clock, leave, replicas, answerMaxMs);
  } catch (error) {
    for (const close of open.toReversed()) await close().catch(() => undefined);
    throw error;
  }
}

/** As the owner of the tables, where that is another role than the gateway's. */
async function migrate(
  options: DatabaseOptions,
  source: DataSource,
  migrateMore: Connection['migrateMore'],
): Promise<void> {
  if (!options.migrationDsn) return void (await runMigrations(source, migrateMore));
  const owner = await connectAsOwner(options, source);
  try {
    await runMigrations(owner.source, owner.migrateMore);
  } finally {
    await owner.source.destroy();
  }
}

/** A connection of the tables' owner; what it migrates it opens to the role of `application`. */
export async function connectAsOwner(options: DatabaseOptions, application: DataSource): Promise<Connection> {
  const dsn = options.migrationDsn ?? '';
  const [app] = (await application.query('SELECT current_user AS role')) as { role: string }[];
  const role = app?.role ?? '';
  const source = await initialize(serverConnection({ ...options, poolSize: OWNER_CONNECTIONS }, dsn)).catch(
    (error: unknown) => {
      throw new StoreError(
        'unavailable',
        `PostgreSQL at GOCLAW_POSTGRES_MIGRATION_DSN cannot be used (${reasonOf(error)}). Correct the DSN, or run "goclaw migrate up" with it and start the gateway without it.`,
        { cause: error },
      );
    },
  );
  const migrateMore = async (database: Queryable): Promise<void> => {
    await migrateJobSchema(database, dsn);
    await grantToApplication(database, role);
    await grantJobs(database, role);
  };
  return { source, release: () => Promise.resolve(), migrateMore };
}

/** Connects, and claims an embedded database; the schema is left as it is. */
export async function connect(options: DatabaseOptions): Promise<Connection> {
  const { dsn } = options;
  if (dsn) {
    await waitForServer(dsn, options.clock, options.connectAttempts ?? CONNECT_ATTEMPTS);
    const source = await initialize(serverConnection(options, dsn));
    const migrateMore = (database: Queryable): Promise<void> =>
      migrateJobSchema(database, options.directDsn ?? dsn);
    return { source, release: () => Promise.resolve(), migrateMore };
  }
  const { connection, release } = await embeddedConnection(options.dataDir);
  try {
    return { source: await initialize(connection), release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function openLink({ dsn, directDsn, clock }: DatabaseOptions): Promise<ReplicaLink | undefined> {
  if (!dsn) return undefined;
  try {
    return await ReplicaLink.open(directDsn ?? dsn, clock);
  } catch (error) {
    if (error instanceof StoreError || !directDsn || directDsn === dsn) throw error;
    throw new StoreError(
      'unavailable',
      `PostgreSQL at GOCLAW_POSTGRES_DIRECT_DSN does not answer (${reasonOf(error)}). Correct the DSN.`,
      { cause: error },
    );
  }
}

function initialize(connection: Partial<DataSourceOptions>): Promise<DataSource> {
  return new DataSource({ ...base(), ...connection } as DataSourceOptions).initialize();
}

function serverConnection(options: DatabaseOptions, dsn: string): Partial<DataSourceOptions> {
  const extra = {
    connectionTimeoutMillis: options.acquireTimeoutMs ?? ACQUIRE_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_CONNECTION_MS,
    application_name: 'goclaw',
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_DELAY_MS,
    onConnect: (client: PoolClient) =>
      client.query(SYSTEM_SCOPE, [`${options.answerMaxMs ?? ANSWER_MAX_MS}ms`]),
  };
  return { url: dsn, poolSize: options.poolSize, extra };
}

async function waitForServer(dsn: string, clock: Clock, attempts: number): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await requireServer(dsn, CONNECT_TIMEOUT_MS);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      if (attempt >= attempts) {
        throw new StoreError(
          'unavailable',
          `PostgreSQL at GOCLAW_POSTGRES_DSN does not answer (${reasonOf(error)}). Start it, or correct the DSN.`,
          { cause: error },
        );
      }
    }
    await clock.wait(CONNECT_INTERVAL_MS);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || String(Reflect.get(error, 'code')) : String(error);
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

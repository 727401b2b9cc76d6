import type { ConfigService } from '#config';
import { SystemClock } from '#kernel';
import { type Database, DatabaseConfig, deploymentOf, openDatabase, openMigrations } from '#store';
import { CliError } from './cli.errors.js';

const CONNECTIONS = 2;

/**
 * Opens the database beside the gateways that run on it, as one of them would; an embedded one is for one process.
 * @throws CliError `schema-pending`: whoever only looks does not change the schema of gateways that are running;
 *   StoreError
 */
export async function withDatabase<T>(
  config: ConfigService,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const {
    postgres_dsn: dsn,
    postgres_direct_dsn: directDsn,
    postgres_migration_dsn: migrationDsn,
  } = config.get(DatabaseConfig);
  const { dataDir } = deploymentOf(config);
  const clock = new SystemClock();
  const options = { dsn, directDsn, migrationDsn, dataDir, poolSize: CONNECTIONS, clock };
  if (dsn !== undefined) await requireMigrated(options);
  const database = await openDatabase(options);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

async function requireMigrated(options: Parameters<typeof openMigrations>[0]): Promise<void> {
  const session = await openMigrations(options);
  try {
    const { pending } = await session.status();
    if (pending.length === 0) return;
    throw new CliError(
      'schema-pending',
      `The database is not of this version yet: ${pending.length} migrations are pending. Start a gateway of this version, or run "goclaw migrate up".`,
    );
  } finally {
    await session.close();
  }
}

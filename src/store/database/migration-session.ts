import type { DatabaseOptions } from './open-database.js';
import { connect, connectAsOwner } from './open-database.js';
import { isAboveRowSecurity } from './role-privileges.js';
import { withoutGateways } from './gateway-lock.js';
import { migrationStatus, type MigrationStatus, revertMigration, runMigrations } from './migrate.js';

/** The schema of a database. An embedded one is claimed as a gateway would; on PostgreSQL gateways may be running. */
export interface MigrationSession {
  status(): Promise<MigrationStatus>;
  /** Names of what was applied. */
  up(): Promise<string[]>;
  /** Name of what was taken back; `undefined` when there was nothing. @throws StoreError `in-use` beside a gateway. */
  down(): Promise<string | undefined>;
  /** Whether row security does not hold for the gateway's role. */
  isAboveRowSecurity(): Promise<boolean>;
  close(): Promise<void>;
}

/** Connects without touching the schema. @throws StoreError as `openDatabase`. */
export async function openMigrations(options: DatabaseOptions): Promise<MigrationSession> {
  const application = await connect(options);
  const { release } = application;
  const owner = options.migrationDsn ? await connectAsOwner(options, application.source) : application;
  const { source, migrateMore } = owner;
  const directDsn = options.dsn && (options.directDsn ?? options.dsn);
  return {
    status: () => migrationStatus(source),
    up: () => runMigrations(source, migrateMore),
    down: () => {
      const revert = (): Promise<string | undefined> => revertMigration(source);
      return directDsn ? withoutGateways(directDsn, revert) : revert();
    },
    isAboveRowSecurity: () =>
      isAboveRowSecurity({
        query: (sql) => application.source.query(typeof sql === 'string' ? sql : sql.text),
      }),
    close: async () => {
      try {
        await source.destroy();
        if (owner !== application) await application.source.destroy();
      } finally {
        await release();
      }
    },
  };
}

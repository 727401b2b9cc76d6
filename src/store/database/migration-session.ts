import { DataSource } from 'typeorm';
import type { DatabaseOptions } from './open-database.js';
import { connect } from './open-database.js';
import { migrationStatus, type MigrationStatus, revertMigration, runMigrations } from './migrate.js';

/** The schema of a database that no gateway is running on. */
export interface MigrationSession {
  status(): Promise<MigrationStatus>;
  /** Names of what was applied. */
  up(): Promise<string[]>;
  /** Name of what was taken back; `undefined` when there was nothing. */
  down(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Claims the database as a gateway would, without touching its schema. @throws StoreError as `openDatabase`. */
export async function openMigrations(options: DatabaseOptions): Promise<MigrationSession> {
  const { source, release }: { source: DataSource; release: () => Promise<void> } = await connect(options);
  return {
    status: () => migrationStatus(source),
    up: () => runMigrations(source),
    down: () => revertMigration(source),
    close: async () => {
      try {
        await source.destroy();
      } finally {
        await release();
      }
    },
  };
}

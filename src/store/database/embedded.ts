import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSourceOptions } from 'typeorm';
import { StoreError } from '../store.errors.js';
import { makeDataDirectory } from './data-directory.js';
import { lockDirectory } from './directory-lock.js';

const DATABASE_DIRECTORY = 'pgdata';

/** Whether a data directory holds an embedded database already; opening one that is not there creates it. */
export function hasEmbeddedDatabase(dataDir: string): boolean {
  return existsSync(join(dataDir, DATABASE_DIRECTORY));
}

/**
 * Opens the embedded PostgreSQL of a data directory. It has one backend, so the pool has exactly one connection.
 * @throws StoreError `in-use` when another process has the directory, `unavailable` when it cannot be opened.
 */
export async function embeddedConnection(
  dataDir: string,
): Promise<{ connection: Partial<DataSourceOptions>; release: () => Promise<void> }> {
  makeDataDirectory(dataDir);
  const unlock = lockDirectory(dataDir);
  try {
    // Loaded on demand: a gateway on a PostgreSQL server never needs the 30 MB of WebAssembly.
    const [{ PGlite }, { createPgConfig }, { vector }] = await Promise.all([
      import('@electric-sql/pglite'),
      import('@electric-sql/pglite/node-postgres'),
      import('@electric-sql/pglite-pgvector'),
    ]);
    const db = await PGlite.create(join(dataDir, DATABASE_DIRECTORY), { extensions: { vector } });
    const release = async (): Promise<void> => {
      await db.close().catch(() => undefined);
      unlock();
    };
    return {
      connection: { extra: Object.assign(createPgConfig(db), { max: 1 }) } as Partial<DataSourceOptions>,
      release,
    };
  } catch (error) {
    unlock();
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreError(
      'unavailable',
      `The embedded database in ${dataDir} cannot be opened: ${reason}. Restore the directory from a backup, or move it away to start anew.`,
      { cause: error },
    );
  }
}

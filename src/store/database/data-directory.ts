import { accessSync, constants, mkdirSync } from 'node:fs';
import { StoreError } from '../store.errors.js';

/** Makes the data directory (for its owner alone), or finds it usable. @throws StoreError `data-directory` */
export function makeDataDirectory(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreError(
      'data-directory',
      `The data directory ${dataDir} cannot be used (${reason}). Set GOCLAW_DATA_DIR to a directory that you can write to.`,
      { cause: error },
    );
  }
}

import { join } from 'node:path';
import { StoreError } from '../store.errors.js';
import { claimLockFile, type LockHolder } from './lock-file.js';

const LOCK_FILE = 'gateway.lock';

/**
 * Claims a directory for this process; returns what gives it up. A lock whose holder is dead is taken over.
 * @throws StoreError `in-use` that names the holder.
 */
export function lockDirectory(directory: string): () => void {
  const claim = claimLockFile(join(directory, LOCK_FILE));
  if ('release' in claim) return claim.release;
  throw inUse(directory, claim.holder);
}

function inUse(directory: string, holder: LockHolder | undefined): StoreError {
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
  return new StoreError(
    'in-use',
    `The data directory ${directory} is in use by ${who}. Stop that gateway first, or set GOCLAW_DATA_DIR to another directory.`,
    { details: holder ? { pid: holder.pid, host: holder.host } : {} },
  );
}

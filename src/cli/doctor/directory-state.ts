import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What can be done with a directory that may not exist yet. */
export interface DirectoryState {
  readonly exists: boolean;
  /** Why nothing can be written to it (or it cannot be created); absent when it can. */
  readonly obstacle?: string;
  /** The directory itself, or the nearest one above it that exists. */
  readonly nearest: string;
  /** POSIX mode bits of the directory itself. */
  readonly mode?: number;
}

/** Looks without touching anything. */
export async function directoryState(path: string): Promise<DirectoryState> {
  let nearest = path;
  let found = await stat(nearest).catch(() => undefined);
  while (!found && dirname(nearest) !== nearest) {
    nearest = dirname(nearest);
    found = await stat(nearest).catch(() => undefined);
  }
  const exists = nearest === path;
  if (!found?.isDirectory()) return { exists, nearest, obstacle: `${nearest} is not a directory` };
  const mode = exists ? { mode: found.mode } : {};
  try {
    await access(nearest, constants.W_OK | constants.X_OK);
    return { exists, nearest, ...mode };
  } catch {
    return { exists, nearest, ...mode, obstacle: `${nearest} is not writable` };
  }
}

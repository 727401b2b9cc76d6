import { readFileSync, realpathSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { readStat } from '#processes';

/** The holder touches its lock this often, so that a process on another host (a shared volume) can see it live. */
const TOUCH_INTERVAL_MS = 5_000;
const FOREIGN_STALE_MS = 30_000;

/** A lock without content is being written right now, unless it is older than this. */
const HALF_WRITTEN_MS = 2_000;

/** Taking over a dead lock takes no longer than this, unless that process died too. */
const TAKEOVER_STALE_MS = 2_000;
const TAKEOVER_POLL_MS = 5;

export interface LockHolder {
  pid: number;
  host: string;
  /** Start time of the process, so that a reused pid is not taken for the holder. */
  started: string;
  /** Where the lock was made: in a copy of the directory it says nothing. Absent in those of earlier versions. */
  directory?: LockedDirectory;
}

interface LockedDirectory {
  path: string;
  inode: number;
}

/** A lock file that is ours, or whose it is (`undefined`: somebody is writing it right now). */
export type LockClaim = { readonly release: () => void } | { readonly holder: LockHolder | undefined };

/** Claims a file for this process. A lock whose holder is dead is taken over. */
export function claimLockFile(path: string): LockClaim {
  const own = JSON.stringify(ownHolder(path));
  while (!write(path, own)) {
    const found = read(path);
    if (found !== undefined && isHeld(found, path)) return { holder: parse(found) };
    if (found !== undefined) discard(path, found);
  }
  const touch = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {
      // The directory was taken away under us; the database will say so.
    }
  }, TOUCH_INTERVAL_MS).unref();
  return {
    release: () => {
      clearInterval(touch);
      if (read(path) === own) rmSync(path, { force: true });
    },
  };
}

function ownHolder(path: string): LockHolder {
  const { pid } = process;
  return { pid, host: hostname(), started: startTimeOf(pid), directory: directoryOf(path) };
}

function directoryOf(path: string): LockedDirectory {
  const directory = realpathSync(dirname(path));
  return { path: directory, inode: statSync(directory).ino };
}

/**
 * Whether the lock was copied with its directory, whose holder may well be alive. Both must differ: one directory can be
 * mounted at two paths, and some file systems change the numbers of their inodes.
 */
function isCopied({ directory: made }: LockHolder, path: string): boolean {
  const own = directoryOf(path);
  return made !== undefined && made.path !== own.path && made.inode !== own.inode;
}

/** `false`: the file is there already. */
function write(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(text: string): LockHolder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isHolder(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isHolder(value: unknown): value is LockHolder {
  return (
    typeof value === 'object' && value !== null && 'pid' in value && 'host' in value && 'started' in value
  );
}

function isHeld(content: string, path: string): boolean {
  const holder = parse(content);
  if (!holder) return ageMs(path) < HALF_WRITTEN_MS;
  if (holder.host !== hostname()) return ageMs(path) < FOREIGN_STALE_MS;
  if (isCopied(holder, path)) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return startTimeOf(holder.pid) === holder.started;
}

function ageMs(path: string): number {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
}

/**
 * Removes the dead lock that was seen. Of several processes that found it, one at a time looks again and removes, so
 * that none removes the live lock of another.
 */
function discard(path: string, seen: string): void {
  const guard = `${path}.takeover`;
  if (!write(guard, '')) {
    if (ageMs(guard) > TAKEOVER_STALE_MS) rmSync(guard, { force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TAKEOVER_POLL_MS);
    return;
  }
  try {
    if (read(path) === seen) rmSync(path, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

/** Clock ticks since boot at which a process started (Linux); empty elsewhere. */
function startTimeOf(pid: number): string {
  return String(readStat(pid)?.startedAt ?? '');
}

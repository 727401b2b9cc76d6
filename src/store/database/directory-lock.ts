import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { StoreError } from '../store.errors.js';

const LOCK_FILE = 'gateway.lock';

/** The holder touches its lock this often, so that a process on another host (a shared volume) can see it live. */
const TOUCH_INTERVAL_MS = 5_000;
const FOREIGN_STALE_MS = 30_000;

/** A lock without content is being written right now, unless it is older than this. */
const HALF_WRITTEN_MS = 2_000;

interface Holder {
  pid: number;
  host: string;
  /** Start time of the process, so that a reused pid is not taken for the holder. */
  started: string;
}

/**
 * Claims a directory for this process; returns what gives it up. A lock whose holder is dead is taken over.
 * @throws StoreError `in-use` that names the holder.
 */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, LOCK_FILE);
  const own: Holder = { pid: process.pid, host: hostname(), started: startTimeOf(process.pid) };
  while (!create(path, own)) {
    const found = read(path);
    if (found !== undefined && isHeld(found, path)) throw inUse(directory, parse(found));
    if (found !== undefined) discard(path, found);
  }
  const touch = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {
      // The directory was taken away under us; the database will say so.
    }
  }, TOUCH_INTERVAL_MS).unref();
  return () => {
    clearInterval(touch);
    rmSync(path, { force: true });
  };
}

function create(path: string, own: Holder): boolean {
  try {
    writeFileSync(path, JSON.stringify(own), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function inUse(directory: string, holder: Holder | undefined): StoreError {
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
  return new StoreError(
    'in-use',
    `The data directory ${directory} is in use by ${who}. Stop that gateway first, or set GOCLAW_DATA_DIR to another directory.`,
    { details: holder ? { pid: holder.pid, host: holder.host } : {} },
  );
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isHolder(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isHolder(value: unknown): value is Holder {
  return (
    typeof value === 'object' && value !== null && 'pid' in value && 'host' in value && 'started' in value
  );
}

function isHeld(content: string, path: string): boolean {
  const holder = parse(content);
  if (!holder) return ageMs(path) < HALF_WRITTEN_MS;
  if (holder.host !== hostname()) return ageMs(path) < FOREIGN_STALE_MS;
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

/** Renames first: of several processes that found the same dead lock, one removes it and the others see it gone. */
function discard(path: string, seen: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  // Another process was faster and this is already its live lock: put it back.
  if (read(aside) !== seen) renameSync(aside, path);
  else rmSync(aside, { force: true });
}

/** Clock ticks since boot at which a process started (Linux); empty elsewhere. */
function startTimeOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Replaces a leading `~` by the home directory and makes the path absolute. */
export function expandPath(path: string): string {
  if (path === '~') return homedir();
  return resolve(path.startsWith('~/') ? join(homedir(), path.slice(2)) : path);
}

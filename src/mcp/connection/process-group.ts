import { type ChildProcess, spawn } from 'node:child_process';
import { ownEnvironment } from '#config';

/**
 * Ends a group of processes when this process does, however it ends: the watcher's input is a pipe that nobody but us
 * holds open, and what comes after its end is the kill.
 */
const WATCHER = 'cat >/dev/null; kill -KILL -- "-$1" 2>/dev/null';

export function watchGroup(leader: number): () => void {
  const watcher = spawn('/bin/sh', ['-c', WATCHER, 'watcher', String(leader)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: ownEnvironment()['PATH'] ?? '' },
    detached: true,
  });
  watcher.on('error', () => undefined);
  watcher.stdin.on('error', () => undefined);
  watcher.unref();
  return () => {
    endGroup(watcher, 'SIGKILL');
  };
}

/** Signals a process that leads its group, with everything in the group. Returns whether somebody was there. */
export function endGroup({ pid }: Pick<ChildProcess, 'pid'>, signal: NodeJS.Signals): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, signal);
  } catch {
    // Nobody of the group is left.
    return false;
  }
}

import { spawn } from 'node:child_process';
import { ownEnvironment } from '#config';
import { MARK_VARIABLE } from './process-mark.js';

/**
 * Waits for the end of its input, a pipe that nobody but this process holds open. Then it kills the group, and whoever has
 * the mark: in rounds, because each may have started others meanwhile.
 */
const WATCHER = `cat >/dev/null
kill -KILL -- "-$1" 2>/dev/null
round=0
while [ $round -lt 40 ]; do
  round=$((round + 1)); found=
  for file in $(grep -lszxF -e "$2" /proc/[0-9]*/environ 2>/dev/null); do
    pid=\${file#/proc/}; kill -KILL "\${pid%/environ}" 2>/dev/null && found=1
  done
  [ -n "$found" ] || break
done`;

/**
 * Ends a program and everything with its mark when this process ends, however it does: also when it is killed.
 * @param leader of the program's group
 * @returns what lets go of them
 */
export function watchUntilDeath(leader: number, mark: string): () => void {
  const watcher = spawn('/bin/sh', ['-c', WATCHER, 'watcher', String(leader), `${MARK_VARIABLE}=${mark}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: ownEnvironment()['PATH'] ?? '' },
    detached: true,
  });
  watcher.on('error', () => undefined);
  watcher.stdin.on('error', () => undefined);
  watcher.unref();
  return () => {
    // By its own handle: it knows whether the id is still the watcher's.
    watcher.kill('SIGKILL');
  };
}

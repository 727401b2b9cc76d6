import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Process ids mean nothing to another namespace of processes: its clusters are not ours to judge. */
const DIRECTORY_PREFIX = `goclaw-postgres-${processNamespace()}-`;
const STOP_TIMEOUT_MS = 5_000;
const POLL_INTERVAL_MS = 20;

/** Begin of the name of a cluster's directory; it tells which process the cluster belongs to. */
export function clusterDirectoryPrefix(ownerPid: number): string {
  return join(tmpdir(), `${DIRECTORY_PREFIX}${ownerPid}-`);
}

/** Removes the servers of test runs that were killed before they could stop theirs. */
export async function removeOrphanedClusters(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(DIRECTORY_PREFIX))) {
    const owner = Number(name.slice(DIRECTORY_PREFIX.length).split('-')[0]);
    if (!Number.isInteger(owner) || isAlive(owner)) continue;
    try {
      await stopServer(join(tmpdir(), name, 'data'));
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // Another user's, or another run is removing it just now.
    }
  }
}

/** A server that still writes would put files back into a directory that is being removed. */
async function stopServer(dataDirectory: string): Promise<void> {
  const pid = serverPid(dataDirectory);
  if (pid === undefined || !isAlive(pid)) return;
  process.kill(pid, 'SIGQUIT');
  const giveUpAt = performance.now() + STOP_TIMEOUT_MS;
  while (isAlive(pid) && performance.now() < giveUpAt) await delay(POLL_INTERVAL_MS);
}

function serverPid(dataDirectory: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined; // It was never started, or stopped in time.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function processNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    return '0';
  }
}

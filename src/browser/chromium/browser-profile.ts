import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'goclaw-browser-';
/** `goclaw-browser-<pid of the gateway>-<random>` */
const NAME = /^goclaw-browser-(?<pid>\d+)-/;
const REMOVE_TRIES = 5;

/** A directory for one life of a browser; it belongs to the user that the browser runs as. */
export async function makeProfile(uid: number | undefined): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  if (uid !== undefined) await chown(path, uid, uid);
  return path;
}

export async function removeProfile(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: REMOVE_TRIES });
}

/** Removes what gateways left behind that were killed. */
export async function removeLeftProfiles(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(NAME.exec(name)?.groups?.['pid'] ?? process.pid);
    if (!isAlive(pid)) await removeProfile(join(tmpdir(), name)).catch(() => undefined);
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

import { statfs } from 'node:fs/promises';
import type { Clock } from '#kernel';

/** What must stay free on the disk of a workspace: the gateway and everybody else live on it too. */
export const DISK_FREE_MIN_BYTES = 512 * 1024 * 1024;
/** A sandbox is blamed only when the disk shrank by so much while it was at work. */
export const DISK_SHRUNK_MIN_BYTES = 16 * 1024 * 1024;
const LOOK_MS = 500;

export const DISK_FULL =
  'It was ended because the disk of the workspace is nearly full. Remove files that are not needed, then try again ' +
  'with less output.';

/** How much is free on the disk of a directory; `undefined` where nobody knows. */
export type FreeBytes = (directory: string) => Promise<number | undefined>;

export const freeBytes: FreeBytes = async (directory) => {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch {
    return undefined;
  }
};

/** Something that writes to a directory, and can be made to stop. */
export interface DiskUser {
  readonly isBusy: boolean;
  readonly isThere: boolean;
  killAll(reason: string): Promise<void>;
}

/**
 * Watches the disk while commands of a sandbox may write to it: a mounted directory has no limit of its own. Returns
 * what ends the watch.
 */
export function watchDisk(
  user: DiskUser,
  directory: string,
  clock: Clock,
  free: FreeBytes = freeBytes,
): () => void {
  let before: number | undefined;
  const look = async (): Promise<void> => {
    if (!user.isBusy) {
      before = undefined;
      return;
    }
    const now = await free(directory);
    if (now === undefined) return;
    before ??= now;
    if (now < DISK_FREE_MIN_BYTES && before - now >= DISK_SHRUNK_MIN_BYTES) {
      before = undefined;
      await user.killAll(DISK_FULL);
    }
  };
  let cancel = (): void => undefined;
  const again = (): void => {
    if (!user.isThere) return;
    cancel = clock.after(LOOK_MS, () => void look().finally(again));
  };
  again();
  return () => cancel();
}

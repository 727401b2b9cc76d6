import { mkdir, realpath, stat } from 'node:fs/promises';
import { CommandError } from '#contracts';

export interface MountedDirectory {
  /** Without links: the engine would follow them later, when they may lead elsewhere. */
  readonly path: string;
  /** Of another directory at the same path it is another one: a mount keeps the one that it began with. */
  readonly identity: string;
}

/** The directory that a sandbox mounts; made when it is missing. @throws CommandError */
export async function mountedDirectory(root: string): Promise<MountedDirectory> {
  try {
    await mkdir(root, { recursive: true });
    const path = await realpath(root);
    const { dev, ino } = await stat(path, { bigint: true });
    return { path, identity: `${path}:${dev}:${ino}` };
  } catch (error) {
    throw new CommandError(
      'unavailable',
      'The directory of the workspace cannot be used; an administrator must see to it (goclaw doctor).',
      { cause: error },
    );
  }
}

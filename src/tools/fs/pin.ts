import { existsSync, constants } from 'node:fs';
import { type FileHandle, lstat, open, readlink, realpath } from 'node:fs/promises';

/** Linux: a handle that names a file without opening it, so that FIFOs do not block and devices do not act. */
const O_PATH = 0o10000000;
const OWN_DESCRIPTORS = '/proc/self/fd';

/** A file or directory that stays the same one, whatever happens to its path. */
export interface Pin extends AsyncDisposable {
  /** Path for system calls; a directory's is extended by `/<name>`. */
  readonly access: string;
  /** Where it really is, without symbolic links. */
  readonly real: string;
  isDirectory(): boolean;
  isFile(): boolean;
  readonly size: number;
  readonly mode: number;
}

export interface PinOptions {
  /** Refuse a symbolic link as last component, with ELOOP or ENOTDIR. */
  readonly noFollow?: boolean;
}

/** Opens what a path names, once; what is checked and what is used afterwards are the same. */
export type Pinning = (path: string, options?: PinOptions) => Promise<Pin>;

/** Linux: the descriptor is the file; its real path is read back from the kernel. */
export const pinByDescriptor: Pinning = async (path, { noFollow = false } = {}) => {
  const handle = await open(path, O_PATH | (noFollow ? constants.O_NOFOLLOW : 0));
  try {
    const stat = await handle.stat();
    // With O_PATH, O_NOFOLLOW opens the link itself.
    if (stat.isSymbolicLink()) throw loopError(path);
    const access = `${OWN_DESCRIPTORS}/${handle.fd}`;
    return pinOf(access, await readlink(access), stat, () => handle.close());
  } catch (error) {
    await handle.close();
    throw error;
  }
};

/**
 * Elsewhere: the real path is computed and then used without following links. A swap of a directory between two
 * calls is noticed only by the next check; Node offers nothing stronger there.
 */
export const pinByRealPath: Pinning = async (path, { noFollow = false } = {}) => {
  const link = noFollow ? await lstat(path) : undefined;
  if (link?.isSymbolicLink()) throw loopError(path);
  const real = await realpath(path);
  return pinOf(real, real, await lstat(real), () => Promise.resolve());
};

export const pin: Pinning =
  process.platform === 'linux' && existsSync(OWN_DESCRIPTORS) ? pinByDescriptor : pinByRealPath;

/**
 * Opens a pinned regular file for reading. O_NONBLOCK: a FIFO in its place must not hang the call.
 */
export async function openPinned(file: Pin): Promise<FileHandle> {
  const noFollow = file.access === file.real ? constants.O_NOFOLLOW : 0;
  return open(file.access, constants.O_RDONLY | constants.O_NONBLOCK | noFollow);
}

function pinOf(
  access: string,
  real: string,
  stat: { isDirectory(): boolean; isFile(): boolean; size: number; mode: number },
  close: () => Promise<void>,
): Pin {
  return {
    access,
    real,
    isDirectory: () => stat.isDirectory(),
    isFile: () => stat.isFile(),
    size: stat.size,
    mode: stat.mode,
    [Symbol.asyncDispose]: close,
  };
}

function loopError(path: string): Error {
  return Object.assign(new Error(`ELOOP: symbolic link: ${path}`), { code: 'ELOOP' });
}

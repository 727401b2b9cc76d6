import { lstat, mkdir } from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
import type { ToolWorkspace } from '#contracts';
import { errnoOf, fileError, systemFileError } from './file-error.js';
import { PATH_MAX_BYTES } from './fs.limits.js';
import { type Pin, pin, type Pinning } from './pin.js';

const NEW_DIRECTORY_MODE = 0o755;

/** Where a file is or will be: a directory that is held, and a plain name in it. */
export interface FileTarget extends AsyncDisposable {
  readonly directory: Pin;
  readonly name: string;
  /** Permissions of the file that is there; `undefined` when there is none. */
  readonly mode: number | undefined;
}

/**
 * Turns paths that a model names into files that are held. What was checked to be inside the workspace is the very
 * thing that is used: a symbolic link swapped in between gains nothing.
 */
export class Workspace {
  private constructor(
    private readonly root: string,
    private readonly restrict: boolean,
    private readonly pinning: Pinning,
  ) {}

  /** Creates the directory when it is missing. */
  static async open(workspace: ToolWorkspace, pinning: Pinning = pin): Promise<Workspace> {
    await mkdir(workspace.root, { recursive: true });
    await using root = await pinning(workspace.root);
    return new Workspace(root.real, workspace.restrict, pinning);
  }

  /** The file or directory at `path`, links followed. @throws ToolsError for the model. */
  async existing(path: string): Promise<Pin> {
    const absolute = this.absolute(path);
    const found = await this.tryPin(absolute);
    if (found instanceof Error) {
      await this.assertNothingOutside(absolute, path);
      throw systemFileError(found, path);
    }
    return this.inside(found, path);
  }

  /** An entry of a held directory; a link is refused. `undefined` when it is gone, or no longer what it was. */
  async entry(directory: Pin, name: string): Promise<Pin | undefined> {
    const found = await this.tryPin(`${directory.access}/${name}`, true);
    if (found instanceof Error) return undefined;
    if (this.contains(found.real)) return found;
    await found[Symbol.asyncDispose]();
    return undefined;
  }

  /** Where to write `path`; a link at its end is followed. @throws ToolsError for the model. */
  async target(path: string, { createParents }: { createParents: boolean }): Promise<FileTarget> {
    const absolute = this.absolute(path);
    const found = await this.tryPin(absolute);
    if (found instanceof Error) {
      await this.assertNothingOutside(absolute, path);
      if (errnoOf(found) !== 'ENOENT' || !createParents) throw systemFileError(found, path);
      if (path.endsWith('/')) throw fileError(`"${path}" names a directory; add a file name.`);
      const directory = await this.directory(dirname(absolute), path);
      return targetOf(directory, basename(absolute), undefined);
    }
    await using file = await this.inside(found, path);
    if (file.isDirectory()) throw fileError(`"${path}" is a directory; name a file in it.`);
    if (!file.isFile()) throw notRegular(path);
    const directory = await this.existing(dirname(file.real));
    return targetOf(directory, basename(file.real), file.mode);
  }

  /** How to call a real path towards the model: relative to the workspace, where it lies in it. */
  shown(real: string): string {
    return this.isBelow(real) ? relative(this.root, real) || '.' : real;
  }

  private absolute(path: string): string {
    if (path === '') throw fileError('The path is empty; use "." for the workspace itself.');
    if (path.includes('\0')) throw fileError('The path contains a NUL character; remove it.');
    if (Buffer.byteLength(path) > PATH_MAX_BYTES)
      throw fileError(`The path is longer than ${PATH_MAX_BYTES} bytes; use a shorter one.`);
    return resolve(this.root, path);
  }

  private async tryPin(path: string, noFollow = false): Promise<Pin | Error> {
    try {
      return await this.pinning(path, { noFollow });
    } catch (error) {
      if (error instanceof Error && errnoOf(error) !== undefined) return error;
      throw error;
    }
  }

  private async inside(found: Pin, path: string): Promise<Pin> {
    if (this.contains(found.real)) return found;
    await found[Symbol.asyncDispose]();
    throw accessDenied(path);
  }

  /** Opens a directory, and makes what is missing of it from the first part that exists, one level at a time. */
  private async directory(absolute: string, path: string): Promise<Pin> {
    const missing: string[] = [];
    let at = absolute;
    let current = await this.tryPin(at);
    while (current instanceof Error && errnoOf(current) === 'ENOENT' && at !== dirname(at)) {
      missing.push(basename(at));
      at = dirname(at);
      current = await this.tryPin(at);
    }
    if (current instanceof Error) throw systemFileError(current, path);
    let directory = await this.inside(current, path);
    for (const name of missing.toReversed()) {
      await using parent = directory;
      directory = await this.subdirectory(parent, name, path);
    }
    if (directory.isDirectory()) return directory;
    await directory[Symbol.asyncDispose]();
    throw fileError(`"${path}" cannot be written: its parent is a file, not a directory.`);
  }

  private async subdirectory(parent: Pin, name: string, path: string): Promise<Pin> {
    try {
      await mkdir(`${parent.access}/${name}`, { mode: NEW_DIRECTORY_MODE });
    } catch (error) {
      // Another call made it meanwhile: the pin below tells whether it is what we need.
      if (errnoOf(error) !== 'EEXIST') throw systemFileError(error, path);
    }
    const made = await this.tryPin(`${parent.access}/${name}`, true);
    if (made instanceof Error) throw systemFileError(made, path);
    return this.inside(made, path);
  }

  /**
   * A failed lookup must not tell what exists outside: when the nearest part that can be opened lies there, or the
   * path ends in a link that leads nowhere, the answer is the same as for a file that does exist outside.
   */
  private async assertNothingOutside(absolute: string, path: string): Promise<void> {
    if (!this.restrict) return;
    if (await isLink(absolute)) throw accessDenied(path);
    for (let at = dirname(absolute); ; at = dirname(at)) {
      const found = await this.tryPin(at);
      if (!(found instanceof Error)) {
        const nearest = await this.inside(found, path);
        return nearest[Symbol.asyncDispose]();
      }
      if (await isLink(at)) throw accessDenied(path);
      if (at === dirname(at)) throw accessDenied(path);
    }
  }

  private contains(real: string): boolean {
    return !this.restrict || this.isBelow(real);
  }

  private isBelow(real: string): boolean {
    return real === this.root || real.startsWith(this.root.endsWith('/') ? this.root : `${this.root}/`);
  }
}

function targetOf(directory: Pin, name: string, mode: number | undefined): FileTarget {
  return { directory, name, mode, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() };
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch {
    return false;
  }
}

function accessDenied(path: string): Error {
  return fileError(
    `access denied: "${path}" is outside the workspace; use a path inside it, such as "notes.md".`,
  );
}

export function notRegular(path: string): Error {
  return fileError(
    `"${path}" is not a regular file (it is a device, pipe or socket); it cannot be read or written.`,
  );
}

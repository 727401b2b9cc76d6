import { posix } from 'node:path';
import type { Sandbox, SandboxEntry } from '#contracts';
import { fileError } from '../file-error.js';
import type { FileLocks } from '../file-locks.js';
import { EDIT_MAX_BYTES, PATH_MAX_BYTES, SCAN_MAX_BYTES } from '../fs.limits.js';
import { decodeText } from '../decode-text.js';
import { type LineRange, readLines } from '../read-lines.js';
import { type Replacement, replaceText } from '../replace-text.js';

/** Each is one program in the sandbox: few and large, but no larger than most answers need. */
const READ_BYTES = 256 * 1024;

/** Files that only the commands of a sandbox see, for one call. Paths are relative to the workspace, or absolute. */
export class SandboxedWorkspace {
  constructor(
    readonly sandbox: Sandbox,
    private readonly locks: FileLocks,
    readonly signal: AbortSignal,
  ) {}

  /** @throws ToolsError, CommandError */
  async read(path: string, range: LineRange): Promise<string> {
    const absolute = this.absolute(path);
    const { size } = await this.regular(absolute, path);
    return readLines(this.chunks(absolute), path, size, range);
  }

  /** @throws CommandError */
  write(path: string, content: string): Promise<void> {
    const absolute = this.absolute(path);
    return this.locked(absolute, () => this.sandbox.files.write(absolute, Buffer.from(content), this.signal));
  }

  /** Returns the lines where text was replaced. @throws ToolsError, CommandError */
  edit(path: string, change: Replacement): Promise<readonly number[]> {
    const absolute = this.absolute(path);
    return this.locked(absolute, async () => {
      const { size } = await this.regular(absolute, path);
      if (size > EDIT_MAX_BYTES)
        throw fileError(`"${path}" is larger than ${EDIT_MAX_BYTES} bytes; it cannot be edited.`);
      const range = { offset: 0, maxBytes: EDIT_MAX_BYTES };
      const bytes = await this.sandbox.files.read(absolute, range, this.signal);
      const { text, lines } = replaceText(decodeText(bytes, path), change, path);
      await this.sandbox.files.write(absolute, Buffer.from(text), this.signal);
      return lines;
    });
  }

  /** What is at a path; `undefined`: nothing. @throws CommandError */
  stat(path: string): Promise<SandboxEntry | undefined> {
    return this.sandbox.files.stat(this.absolute(path), this.signal);
  }

  /** As the sandbox knows it. @throws ToolsError */
  absolute(path: string): string {
    if (path === '') throw fileError('The path is empty; use "." for the workspace itself.');
    if (path.includes('\0')) throw fileError('The path contains a NUL character; remove it.');
    if (Buffer.byteLength(path) > PATH_MAX_BYTES)
      throw fileError(`The path is longer than ${PATH_MAX_BYTES} bytes; use a shorter one.`);
    return posix.resolve(this.sandbox.root, path);
  }

  /** How to call it towards the model: relative to the workspace, where it lies in it. */
  shown(absolute: string): string {
    const below = posix.relative(this.sandbox.root, absolute);
    return below.startsWith('..') ? absolute : below || '.';
  }

  private async regular(absolute: string, path: string): Promise<SandboxEntry> {
    const found = await this.sandbox.files.stat(absolute, this.signal);
    if (!found) throw fileError(`"${path}" does not exist; find what exists with list_files or glob.`);
    if (found.type === 'directory') throw fileError(`"${path}" is a directory; use list_files.`);
    if (found.type === 'file') return found;
    throw fileError(`"${path}" is not a regular file (it is a device, pipe or socket); it cannot be read.`);
  }

  private async *chunks(absolute: string): AsyncGenerator<Buffer> {
    for (let offset = 0; offset <= SCAN_MAX_BYTES; offset += READ_BYTES) {
      const range = { offset, maxBytes: READ_BYTES };
      const bytes = await this.sandbox.files.read(absolute, range, this.signal);
      if (bytes.length > 0) yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      if (bytes.length < READ_BYTES) return;
    }
  }

  private locked<T>(absolute: string, work: () => Promise<T>): Promise<T> {
    return this.locks.run(`${this.sandbox.id}:${absolute}`, work);
  }
}

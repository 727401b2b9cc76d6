import { posix } from 'node:path';
import {
  CommandError,
  type CommandPlace,
  type SandboxContentsOptions,
  type SandboxEntry,
  type SandboxFile,
  type SandboxFiles,
  type SandboxTree,
  type SandboxTreeOptions,
} from '#contracts';
import { newId } from '#kernel';
import { capture, type Captured } from './capture.js';
import { ENTRY_FORMAT, type FoundEntry, parseEntries, parseEntry } from './entries.js';
import { fileComplaint, saysMissing } from './file-complaint.js';
import { filesOfTar } from './tar-files.js';

const ANSWER_MAX_BYTES = 64 * 1024;
/** Room for one entry of a tree: a path may have 4,096 bytes, most have far fewer. */
const ENTRY_ROOM_BYTES = 256;
const CLEANUP_TIMEOUT_MS = 10_000;
const BLOCK_BYTES = 64 * 1024;
const NEW_FILE_MODE = 0o644;

/**
 * Files in a container, by the programs that every image has: stat, head, tail, dd, mv, mkdir, chmod, find, tar. No
 * shell reads a path, and no path can be taken for an option: all of them are absolute.
 */
export class ContainerFiles implements SandboxFiles {
  constructor(private readonly place: CommandPlace) {}

  async stat(path: string, signal: AbortSignal): Promise<SandboxEntry | undefined> {
    const found = await this.entry(['-L'], path, signal);
    return found && { name: found.name, type: found.type, size: found.size };
  }

  async read(
    path: string,
    { offset, maxBytes }: { offset: number; maxBytes: number },
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    // `tail` seeks, and is ended when there is enough.
    const argv = offset === 0 ? ['head', '-c', `${maxBytes}`, path] : ['tail', '-c', `+${offset + 1}`, path];
    const captured = await capture(this.place, argv, { signal, maxBytes });
    if (captured.exitCode !== 0 && !captured.isCut) throw fileComplaint(path, captured);
    return captured.output;
  }

  /** Beside the file first, then in its place: who reads it meanwhile, or finds no room, has the old one. */
  async write(path: string, content: Uint8Array, signal: AbortSignal): Promise<void> {
    const { target, mode } = await this.target(path, signal);
    const fresh = posix.join(posix.dirname(target), `.goclaw-${newId()}.tmp`);
    const copy = ['dd', `of=${fresh}`, `bs=${BLOCK_BYTES}`];
    try {
      if (mode === undefined) await this.run(['mkdir', '-p', posix.dirname(target)], path, signal);
      const { exitCode } = await capture(this.place, copy, { input: content, signal });
      if (exitCode !== 0) await this.failAgain(copy, path, content.length, signal);
      if (mode !== undefined && mode !== NEW_FILE_MODE)
        await this.run(['chmod', mode.toString(8), fresh], path, signal);
      await this.run(['mv', '-f', '-T', fresh, target], path, signal);
    } catch (error) {
      await this.run(['rm', '-f', fresh], path, AbortSignal.timeout(CLEANUP_TIMEOUT_MS)).catch(
        () => undefined,
      );
      throw error;
    }
  }

  async tree(
    path: string,
    { skip, maxEntries, maxDepth }: SandboxTreeOptions,
    signal: AbortSignal,
  ): Promise<SandboxTree> {
    const mark = `${newId()} `;
    const print = ['-exec', 'stat', '-c', `${mark}${ENTRY_FORMAT} %n`, '{}', '+'];
    const argv = [...finding(path, maxDepth), ...print, ...pruning(skip)];
    const maxBytes = Math.max(ANSWER_MAX_BYTES, maxEntries * (ENTRY_ROOM_BYTES + mark.length));
    const captured = await capture(this.place, argv, { signal, maxBytes });
    const { output, isCut } = captured;
    // What cannot be looked into is no failure of the whole.
    if (captured.exitCode === undefined && !isCut) throw fileComplaint(path, captured);
    const entries = parseEntries(output.toString('utf8'), mark, path, isCut);
    if (entries.length === 0 && captured.exitCode !== 0) throw fileComplaint(path, captured);
    return { entries: entries.slice(0, maxEntries), complete: !isCut && entries.length <= maxEntries };
  }

  async *contents(
    path: string,
    { skip, maxDepth, maxFileBytes, maxBytes }: SandboxContentsOptions,
    signal: AbortSignal,
  ): AsyncGenerator<SandboxFile> {
    const within = ['-type', 'f', '-size', `-${Math.ceil(maxFileBytes / 1_024) + 1}k`];
    const pack = ['-exec', 'tar', '-cf', '-', '{}', '+'];
    const argv = [...finding(path, maxDepth), ...pruning(skip), '-o', ...within, ...pack];
    for await (const file of filesOfTar(this.place, argv, { maxFileBytes, maxBytes, signal }))
      yield { path: posix.relative(path, `/${file.path}`), content: file.content };
  }

  /**
   * Some engines lose what a program says when it ends before it took its input: so many zeros of its own, and it says
   * it again. @throws CommandError
   */
  private async failAgain(
    copy: readonly string[],
    path: string,
    bytes: number,
    signal: AbortSignal,
  ): Promise<never> {
    const blocks = Math.ceil(bytes / BLOCK_BYTES);
    const captured = await capture(this.place, [...copy, 'if=/dev/zero', `count=${blocks}`], { signal });
    throw fileComplaint(path, captured);
  }

  /** Where to write: a link is followed to its end. */
  private async target(
    path: string,
    signal: AbortSignal,
  ): Promise<{ readonly target: string; readonly mode: number | undefined }> {
    const there = await this.entry([], path, signal);
    if (there?.type !== 'link') return { target: path, mode: modeOf(there, path) };
    const { output } = await this.run(['readlink', '-f', path], path, signal);
    const target = output.toString('utf8').replace(/\n$/, '');
    if (!target.startsWith('/')) throw new CommandError('refused', `"${path}" is a link that leads nowhere.`);
    return { target, mode: modeOf(await this.entry([], target, signal), path) };
  }

  private async entry(
    options: readonly string[],
    path: string,
    signal: AbortSignal,
  ): Promise<FoundEntry | undefined> {
    const captured = await capture(this.place, ['stat', ...options, '-c', ENTRY_FORMAT, path], { signal });
    if (captured.exitCode === 0) return parseEntry(captured.output.toString('utf8'), posix.basename(path));
    if (saysMissing(captured)) return undefined;
    throw fileComplaint(path, captured);
  }

  private async run(argv: readonly string[], path: string, signal: AbortSignal): Promise<Captured> {
    const captured = await capture(this.place, argv, { signal });
    if (captured.exitCode !== 0) throw fileComplaint(path, captured);
    return captured;
  }
}

function finding(path: string, maxDepth: number): readonly string[] {
  return ['find', path, '-mindepth', '1', '-maxdepth', `${maxDepth}`];
}

/** Names of directories that `find` does not enter. */
function pruning(names: readonly string[]): readonly string[] {
  const either = names.flatMap((name, index) => [...(index > 0 ? ['-o'] : []), '-name', name]);
  return ['-type', 'd', '(', ...(either.length > 0 ? either : ['-name', '/']), ')', '-prune'];
}

function modeOf(entry: FoundEntry | undefined, path: string): number | undefined {
  if (!entry) return undefined;
  if (entry.type === 'file') return entry.mode;
  const what = entry.type === 'directory' ? 'a directory; name a file in it' : 'no regular file';
  throw new CommandError('refused', `"${path}" is ${what}.`);
}

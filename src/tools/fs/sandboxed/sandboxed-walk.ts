import { posix } from 'node:path';
import type { SandboxEntry } from '#contracts';
import { fileError } from '../file-error.js';
import type { FileSearch } from '../file-search.js';
import {
  GLOB_MAX_RESULTS,
  LIST_MAX_ENTRIES,
  SANDBOX_SEARCH_MAX_BYTES,
  SEARCH_MAX_FILE_BYTES,
  WALK_MAX_DEPTH,
  WALK_MAX_ENTRIES,
} from '../fs.limits.js';
import type { GlobPattern } from '../glob-pattern.js';
import { newWalkReport, SKIPPED_DIRECTORIES, walkNotes, type WalkReport } from '../walk.js';
import type { SandboxedWorkspace } from './sandboxed-workspace.js';

const SKIP = [...SKIPPED_DIRECTORIES];

/** What a directory holds, as list_files shows it. `undefined`: there is no such directory. @throws ToolsError */
export async function listInSandbox(
  workspace: SandboxedWorkspace,
  path: string,
  recursive: boolean,
): Promise<readonly string[] | undefined> {
  const found = await workspace.stat(path);
  if (!found) return undefined;
  if (found.type !== 'directory') throw fileError(`"${path}" is a file; read it with read_file.`);
  const report = newWalkReport();
  const entries = await walkInSandbox(workspace, path, recursive ? WALK_MAX_DEPTH : 1, report);
  const lines = entries.slice(0, LIST_MAX_ENTRIES).map(lineOf);
  if (entries.length > LIST_MAX_ENTRIES)
    lines.push(`[More than ${LIST_MAX_ENTRIES} entries; name a subdirectory, or use glob.]`);
  return [...lines, ...(recursive ? walkNotes(report) : [])];
}

/** The files that fit a pattern, as glob shows them. @throws ToolsError */
export async function globInSandbox(
  workspace: SandboxedWorkspace,
  start: string,
  matches: GlobPattern['matches'],
): Promise<readonly string[]> {
  await requireDirectory(workspace, start);
  const report = newWalkReport();
  const entries = await walkInSandbox(workspace, start, WALK_MAX_DEPTH, report);
  const base = workspace.absolute(start);
  const found = entries
    .filter(({ name, type }) => type !== 'directory' && matches(name))
    .map(({ name }) => workspace.shown(posix.join(base, name)));
  const shown = found.slice(0, GLOB_MAX_RESULTS);
  if (found.length > GLOB_MAX_RESULTS)
    shown.push(`[More than ${GLOB_MAX_RESULTS} files; use a narrower pattern.]`);
  return [...shown, ...walkNotes(report)];
}

/** Searches a file, or all files below a directory. Returns notes on what was left out. @throws ToolsError */
export async function searchInSandbox(
  workspace: SandboxedWorkspace,
  path: string,
  search: FileSearch,
  fits: ((path: string) => boolean) | undefined,
): Promise<readonly string[]> {
  const { sandbox, signal } = workspace;
  const absolute = workspace.absolute(path);
  const found = await workspace.stat(path);
  if (!found) throw fileError(`"${path}" does not exist; find what exists with list_files or glob.`);
  if (found.type !== 'directory') {
    await searchFile(workspace, absolute, found, search);
    return [];
  }
  const report = newWalkReport();
  const entries = await walkInSandbox(workspace, path, WALK_MAX_DEPTH, report);
  for (const { name, type, size } of entries)
    if (type === 'file' && size > SEARCH_MAX_FILE_BYTES && fits?.(name) !== false)
      await search.bytes(undefined, workspace.shown(posix.join(absolute, name)));
  const limits = {
    skip: SKIP,
    maxDepth: WALK_MAX_DEPTH,
    maxFileBytes: SEARCH_MAX_FILE_BYTES,
    maxBytes: SANDBOX_SEARCH_MAX_BYTES,
  };
  let bytes = 0;
  for await (const file of sandbox.files.contents(absolute, limits, signal)) {
    if (search.finished) break;
    bytes += file.content.length;
    if (fits?.(file.path) === false) continue;
    await search.bytes(file.content, workspace.shown(posix.join(absolute, file.path)));
  }
  const isPartial = !search.finished && bytes < sizeOf(entries) && sizeOf(entries) > SANDBOX_SEARCH_MAX_BYTES;
  const note = `[Stopped after ${SANDBOX_SEARCH_MAX_BYTES / 1024 / 1024} MiB; name a subdirectory to search the rest.]`;
  return [...(isPartial ? [note] : []), ...walkNotes(report)];
}

/** Of the files that a search looks into. */
function sizeOf(entries: readonly SandboxEntry[]): number {
  const searched = entries.filter(({ type, size }) => type === 'file' && size <= SEARCH_MAX_FILE_BYTES);
  return searched.reduce((sum, { size }) => sum + size, 0);
}

async function searchFile(
  workspace: SandboxedWorkspace,
  absolute: string,
  { type, size }: SandboxEntry,
  search: FileSearch,
): Promise<void> {
  if (type !== 'file') throw fileError(`"${absolute}" is not a regular file; it cannot be searched.`);
  const range = { offset: 0, maxBytes: SEARCH_MAX_FILE_BYTES };
  const isTooLarge = size > SEARCH_MAX_FILE_BYTES;
  const bytes = isTooLarge
    ? undefined
    : await workspace.sandbox.files.read(absolute, range, workspace.signal);
  await search.bytes(bytes, workspace.shown(absolute));
}

async function requireDirectory(workspace: SandboxedWorkspace, path: string): Promise<void> {
  const found = await workspace.stat(path);
  if (!found) throw fileError(`"${path}" does not exist; find what exists with list_files or glob.`);
  if (found.type !== 'directory') throw fileError(`"${path}" is a file; set path to a directory.`);
}

async function walkInSandbox(
  workspace: SandboxedWorkspace,
  path: string,
  maxDepth: number,
  report: WalkReport,
): Promise<readonly SandboxEntry[]> {
  const limits = { skip: SKIP, maxEntries: WALK_MAX_ENTRIES, maxDepth };
  const { sandbox, signal } = workspace;
  const { entries, complete } = await sandbox.files.tree(workspace.absolute(path), limits, signal);
  report.stopped = !complete;
  for (const { name, type } of entries) {
    const last = posix.basename(name);
    if (type === 'directory' && SKIPPED_DIRECTORIES.has(last)) report.skipped.add(last);
  }
  return inOrder(entries);
}

/** As a walk on the host goes: a directory's entries by name, before those of its subdirectories. */
function inOrder(entries: readonly SandboxEntry[]): readonly SandboxEntry[] {
  const byParent = Map.groupBy(entries, ({ name }) => posix.dirname(name));
  const below = (directory: string): readonly SandboxEntry[] => {
    const own = (byParent.get(directory) ?? []).toSorted((one, other) => (one.name < other.name ? -1 : 1));
    return [...own, ...own.flatMap(({ name, type }) => (type === 'directory' ? below(name) : []))];
  };
  return below('.');
}

function lineOf({ name, type, size }: SandboxEntry): string {
  if (type === 'directory') return `[DIR]  ${name}/`;
  if (type === 'file') return `[FILE] ${name} (${size} bytes)`;
  return `${type === 'link' ? '[LINK]' : '[OTHER]'} ${name}`;
}

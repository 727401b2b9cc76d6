import type { Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { errnoOf } from './file-error.js';
import { WALK_MAX_DEPTH, WALK_MAX_ENTRIES } from './fs.limits.js';
import type { Pin } from './pin.js';
import type { Workspace } from './workspace.js';

/** Directories that hold what others made; looked into only when a path names them. */
export const SKIPPED_DIRECTORIES: ReadonlySet<string> = new Set(['.git', 'node_modules']);

export interface WalkEntry {
  /** Relative to where the walk began, with `/`. */
  readonly path: string;
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  /** Holds the entry; open only until the next entry is asked for. */
  readonly directory: Pin;
}

/** What a walk left out, filled while it runs. */
export interface WalkReport {
  seen: number;
  /** It looked at {@link WALK_MAX_ENTRIES} entries and stopped. */
  stopped: boolean;
  readonly skipped: Set<string>;
}

export interface WalkOptions {
  readonly recursive: boolean;
  readonly signal: AbortSignal;
  readonly report: WalkReport;
}

export function newWalkReport(): WalkReport {
  return { seen: 0, stopped: false, skipped: new Set() };
}

/**
 * Everything below a held directory, each directory's entries sorted by name, before its subdirectories' own.
 * Links are told but never followed, so the walk ends and stays inside.
 */
export async function* walk(
  workspace: Workspace,
  directory: Pin,
  options: WalkOptions,
  prefix = '',
  depth = 1,
): AsyncGenerator<WalkEntry> {
  const entries = await entriesOf(directory, options);
  for (const entry of entries) yield entryOf(entry, prefix, directory);
  if (!options.recursive || depth >= WALK_MAX_DEPTH) return;
  for (const entry of entries.filter((one) => one.isDirectory())) {
    if (SKIPPED_DIRECTORIES.has(entry.name)) {
      options.report.skipped.add(entry.name);
      continue;
    }
    await using below = await workspace.entry(directory, entry.name);
    if (below?.isDirectory()) yield* walk(workspace, below, options, `${prefix}${entry.name}/`, depth + 1);
  }
}

async function entriesOf(directory: Pin, { report, signal }: WalkOptions): Promise<readonly Dirent[]> {
  const entries: Dirent[] = [];
  try {
    for await (const entry of await opendir(directory.access)) {
      signal.throwIfAborted();
      report.stopped ||= report.seen >= WALK_MAX_ENTRIES;
      if (report.stopped) break;
      report.seen += 1;
      entries.push(entry);
    }
  } catch (error) {
    // Removed or closed to us meanwhile: the walk goes on without it.
    if (!['ENOENT', 'EACCES', 'EPERM'].includes(errnoOf(error) ?? '')) throw error;
  }
  return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function entryOf(entry: Dirent, prefix: string, directory: Pin): WalkEntry {
  const kind = entry.isFile()
    ? 'file'
    : entry.isDirectory()
      ? 'directory'
      : entry.isSymbolicLink()
        ? 'link'
        : 'other';
  return { path: prefix + entry.name, name: entry.name, kind, directory };
}

/** Notes about what a walk left out. */
export function walkNotes(report: WalkReport): readonly string[] {
  const notes: string[] = [];
  if (report.stopped)
    notes.push(`[Stopped after ${WALK_MAX_ENTRIES} entries; name a subdirectory to see the rest.]`);
  if (report.skipped.size > 0) {
    notes.push(`[Not looked into: ${[...report.skipped].toSorted().join(', ')}; name it in path to do so.]`);
  }
  return notes;
}

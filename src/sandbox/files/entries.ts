import type { SandboxEntry } from '#contracts';

/** Raw mode and size, as `stat` prints them: numbers, so the same in every language and implementation. */
export const ENTRY_FORMAT = '%f %s';

const FILE_TYPES: Readonly<Record<number, SandboxEntry['type']>> = {
  0o100000: 'file',
  0o040000: 'directory',
  0o120000: 'link',
};
const TYPE_BITS = 0o170000;
const PERMISSION_BITS = 0o7777;

export interface FoundEntry extends SandboxEntry {
  /** Permissions. */
  readonly mode: number;
}

/** A line of {@link ENTRY_FORMAT}; `undefined` when it is none. */
export function parseEntry(line: string, name: string): FoundEntry | undefined {
  const [, hex, size] = /^([0-9a-f]+) (\d+)$/.exec(line.trim()) ?? [];
  if (hex === undefined || size === undefined) return undefined;
  const mode = Number.parseInt(hex, 16);
  return {
    name,
    type: FILE_TYPES[mode & TYPE_BITS] ?? 'other',
    size: Number(size),
    mode: mode & PERMISSION_BITS,
  };
}

/**
 * The entries that `stat` printed, each begun with `mark`: names may contain line breaks, and whoever chose them did
 * not know the mark. Of a text that was cut, the last one is left out.
 */
export function parseEntries(
  text: string,
  mark: string,
  root: string,
  isCut: boolean,
): readonly SandboxEntry[] {
  const records = text.split(mark).slice(1);
  if (isCut) records.pop();
  const prefix = root.endsWith('/') ? root : `${root}/`;
  return records.flatMap((record) => {
    const [, line, path] = /^([0-9a-f]+ \d+) ([^]*)\n$/.exec(record) ?? [];
    if (line === undefined || path === undefined || !path.startsWith(prefix)) return [];
    const entry = parseEntry(line, path.slice(prefix.length));
    return entry ? [{ name: entry.name, type: entry.type, size: entry.size }] : [];
  });
}

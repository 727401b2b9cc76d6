import { badField } from '#permissions';
import { NAME_MAX_BYTES, PATH_MAX_CHARS, PATH_PARTS_MAX } from './package-limits.js';

const REFUSED = /[\p{Cc}\p{Cs}\\:*?"<>|]/u;
/** What packers of desktops leave in their archives. */
const LITTER = /^__MACOSX\/|(^|\/)\.DS_Store$/;

export function isLitter(name: string): boolean {
  return LITTER.test(name);
}

/**
 * The path of an entry, below the directory of the package; empty for that directory itself.
 * @throws RecordError for what could lead out of it, or is no path on every system
 */
export function safePath(name: string): string {
  const path = name.replace(/^(\.\/)+/, '').replace(/\/$/, '');
  if (path === '' || path === '.') return '';
  const parts = path.split('/');
  const isSafe =
    path.length <= PATH_MAX_CHARS &&
    parts.length <= PATH_PARTS_MAX &&
    !REFUSED.test(path) &&
    parts.every(isName);
  if (!isSafe)
    throw badField(
      'file',
      `has an entry with a path that is not taken: ${JSON.stringify(name.slice(0, 100))}`,
    );
  return path;
}

function isName(part: string): boolean {
  return part !== '' && part !== '.' && part !== '..' && Buffer.byteLength(part) <= NAME_MAX_BYTES;
}

/** Refuses two entries of one path, also where file systems do not tell them apart. */
export class SeenPaths {
  private readonly files = new Set<string>();
  private readonly directories = new Set<string>();

  /** @throws RecordError */
  add(path: string, kind: 'file' | 'directory'): void {
    const parts = path.normalize('NFC').toLowerCase().split('/');
    const folded = parts.join('/');
    const parents = parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'));
    const clashes =
      this.files.has(folded) ||
      parents.some((one) => this.files.has(one)) ||
      (kind === 'file' && this.directories.has(folded));
    if (clashes) throw badField('file', `has two entries called ${JSON.stringify(path.slice(0, 100))}`);
    for (const parent of parents) this.directories.add(parent);
    (kind === 'file' ? this.files : this.directories).add(folded);
  }
}

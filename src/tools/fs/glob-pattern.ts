import { fileError } from './file-error.js';
import { compileRegex } from './linear-regex.js';

export interface GlobPattern {
  /** Leading directories without wildcards: where a walk can begin. `''` for none. */
  readonly base: string;
  /** Whether a path, relative to {@link base}, fits. */
  readonly matches: (path: string) => boolean;
}

const WILDCARDS = /[*?[{\\]/;

/**
 * `*` and `?` stay within a name, `**` crosses directories, `[a-z]`, `[!a]`, `{a,b}` and `\` as in a shell. A
 * pattern without `/` fits names at any depth. @throws ToolsError for patterns that leave their directory.
 */
export async function globPattern(pattern: string): Promise<GlobPattern> {
  const segments = pattern
    .split('/')
    .filter((segment, index) => segment !== '.' && (segment !== '' || index === 0));
  if (segments[0] === '' || segments.includes('..')) {
    throw fileError(`The pattern "${pattern}" must be relative and without ".."; set path to where to look.`);
  }
  const firstWild = segments.findIndex((segment) => WILDCARDS.test(segment));
  const fixed = segments.slice(0, Math.min(firstWild < 0 ? Infinity : firstWild, segments.length - 1));
  const rest = segments.slice(fixed.length).join('/');
  const anyDepth = segments.length === 1;
  const regex = await compileRegex(`^(?s:${anyDepth ? '(?:.*/)?' : ''}${translate(rest)})$`, false);
  return { base: fixed.join('/'), matches: (path) => regex.find(path) >= 0 };
}

function translate(glob: string): string {
  let regex = '';
  let braces = 0;
  for (let at = 0; at < glob.length;) {
    const { source, length, opens } = token(glob, at, braces);
    regex += source;
    braces += opens;
    at += length;
  }
  if (braces !== 0) throw fileError(`The pattern "${glob}" opens a "{" that it does not close.`);
  return regex;
}

interface Token {
  readonly source: string;
  readonly length: number;
  /** Braces opened (1) or closed (-1). */
  readonly opens: number;
}

function token(glob: string, at: number, braces: number): Token {
  const one = (source: string, length = 1, opens = 0): Token => ({ source, length, opens });
  const char = glob[at] ?? '';
  if (glob.startsWith('**/', at)) return one('(?:.*/)?', 3);
  if (glob.startsWith('**', at)) return one('.*', 2);
  if (char === '*') return one('[^/]*');
  if (char === '?') return one('[^/]');
  if (char === '[') return characterClass(glob, at);
  if (char === '{') return one('(?:', 1, 1);
  if (char === '}' && braces > 0) return one(')', 1, -1);
  if (char === ',' && braces > 0) return one('|');
  if (char === '\\' && at + 1 < glob.length) return one(quote(glob[at + 1] ?? ''), 2);
  return one(quote(char));
}

function characterClass(glob: string, at: number): Token {
  const negated = glob[at + 1] === '!' || glob[at + 1] === '^';
  const start = at + (negated ? 2 : 1);
  // A `]` right at the start belongs to the class.
  const end = glob.indexOf(']', start + 1);
  if (end < 0) return { source: '\\[', length: 1, opens: 0 };
  const inner = glob.slice(start, end).replaceAll(/[\\[\]^&~]/g, String.raw`\$&`);
  return { source: `[${negated ? '^/' : ''}${inner}]`, length: end + 1 - at, opens: 0 };
}

function quote(char: string): string {
  return char.replaceAll(/[\\^$.|?*+()[\]{}]/g, String.raw`\$&`);
}

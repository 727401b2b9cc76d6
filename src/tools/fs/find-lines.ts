import { setImmediate } from 'node:timers/promises';
import { SEARCH_MAX_LINE_CHARS, SEARCH_TURN_STEPS } from './fs.limits.js';
import type { LinearRegex } from './linear-regex.js';

export interface LineMatch {
  /** From 0. */
  readonly index: number;
  /** Where in the line the match begins. */
  readonly column: number;
}

export interface FoundLines {
  readonly matches: readonly LineMatch[];
  /** A line was so long, for a pattern so costly, that only its beginning was searched. */
  readonly partial: boolean;
}

/**
 * At most `limit` lines that match. Characters times the pattern's cost measure the work: other work of the
 * process gets its turn in between, and a single line gets no more than one turn's share.
 */
export async function findLines(
  lines: readonly string[],
  regex: LinearRegex,
  limit: number,
  signal: AbortSignal,
): Promise<FoundLines> {
  const matches: LineMatch[] = [];
  const cost = Math.max(1, regex.cost);
  const share = regex.cost === 0 ? Infinity : Math.floor(SEARCH_TURN_STEPS / cost);
  let steps = 0;
  let partial = false;
  for (const [index, line] of lines.entries()) {
    if (matches.length >= limit) break;
    const searched = line.length > share ? line.slice(0, share) : line;
    const column = regex.find(searched);
    if (column >= 0) matches.push({ index, column });
    else partial ||= searched.length < line.length;
    steps += searched.length * cost;
    if (steps >= SEARCH_TURN_STEPS) {
      await setImmediate();
      signal.throwIfAborted();
      steps = 0;
    }
  }
  return { matches, partial };
}

/** A line as shown: of a long one, the part around `column`. */
export function shownLine(line: string, column = 0): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (text.length <= SEARCH_MAX_LINE_CHARS) return text;
  const before = Math.floor(SEARCH_MAX_LINE_CHARS / 3);
  const from = Math.max(0, Math.min(column - before, text.length - SEARCH_MAX_LINE_CHARS));
  const part = text.slice(from, from + SEARCH_MAX_LINE_CHARS);
  return `${from > 0 ? '…' : ''}${part}${from + SEARCH_MAX_LINE_CHARS < text.length ? '…' : ''}`;
}

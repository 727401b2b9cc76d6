import { setImmediate } from 'node:timers/promises';
import type { RE2JS } from 're2js';
import {
  SEARCH_MAX_LINE_CHARS,
  SEARCH_PIECE_CHARS,
  SEARCH_PIECE_OVERLAP_CHARS,
  SEARCH_SLICE_CHARS,
} from './fs.limits.js';

export interface LineMatch {
  /** From 0. */
  readonly index: number;
  /** Where in the line the match begins. */
  readonly column: number;
}

/** At most `limit` lines that match. Lets other work run between slices of the text. */
export async function findLines(
  lines: readonly string[],
  regex: RE2JS,
  limit: number,
  signal: AbortSignal,
): Promise<readonly LineMatch[]> {
  const found: LineMatch[] = [];
  let sinceTurn = 0;
  for (const [index, line] of lines.entries()) {
    for (let from = 0; from === 0 || from < line.length;) {
      const end = from + SEARCH_PIECE_CHARS;
      const column = columnOf(regex, line.slice(from, end));
      sinceTurn += Math.min(end, line.length) - from;
      if (sinceTurn >= SEARCH_SLICE_CHARS) {
        await setImmediate();
        signal.throwIfAborted();
        sinceTurn = 0;
      }
      if (column >= 0) {
        found.push({ index, column: from + column });
        break;
      }
      if (end >= line.length) break;
      from = end - SEARCH_PIECE_OVERLAP_CHARS;
    }
    if (found.length >= limit) break;
  }
  return found;
}

function columnOf(regex: RE2JS, text: string): number {
  if (!regex.test(text)) return -1;
  const matcher = regex.matcher(text);
  return matcher.find() ? matcher.start() : 0;
}

/** A line as shown: of a long one, the part around `column`. */
export function shownLine(line: string, column = 0): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (text.length <= SEARCH_MAX_LINE_CHARS) return text;
  const start = Math.max(
    0,
    Math.min(column - SEARCH_MAX_LINE_CHARS / 3, text.length - SEARCH_MAX_LINE_CHARS),
  );
  const from = Math.floor(start);
  const part = text.slice(from, from + SEARCH_MAX_LINE_CHARS);
  return `${from > 0 ? '…' : ''}${part}${from + SEARCH_MAX_LINE_CHARS < text.length ? '…' : ''}`;
}

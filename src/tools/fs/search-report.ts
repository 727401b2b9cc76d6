import type { LineMatch } from './find-lines.js';
import { shownLine } from './find-lines.js';
import { SEARCH_MAX_OUTPUT_CHARS } from './fs.limits.js';

/** Collects matches as text, the way grep prints them, up to a number of matches and of characters. */
export class SearchReport {
  private readonly blocks: string[] = [];
  private chars = 0;
  private matches = 0;

  constructor(
    private readonly maxMatches: number,
    private readonly contextLines: number,
  ) {}

  get room(): number {
    return this.chars >= SEARCH_MAX_OUTPUT_CHARS ? 0 : this.maxMatches - this.matches;
  }

  get count(): number {
    return this.matches;
  }

  add(path: string, lines: readonly string[], found: readonly LineMatch[]): void {
    const columns = new Map(found.map(({ index, column }) => [index, column]));
    let shownUpTo = -1;
    for (const { index } of found) {
      if (this.room === 0) return;
      this.matches += 1;
      const from = Math.max(shownUpTo + 1, index - this.contextLines);
      const to = Math.min(lines.length - 1, index + this.contextLines);
      if (this.contextLines > 0 && from > shownUpTo + 1) this.push('--');
      for (let at = from; at <= to; at++) {
        const sign = columns.has(at) ? ':' : '-';
        this.push(`${path}${sign}${at + 1}${sign} ${shownLine(lines[at] ?? '', columns.get(at))}`);
      }
      shownUpTo = Math.max(shownUpTo, to);
    }
  }

  text(): string {
    return this.blocks.join('\n');
  }

  private push(line: string): void {
    this.blocks.push(line);
    this.chars += line.length + 1;
  }
}

import type { FileHandle } from 'node:fs/promises';
import { looksBinary, readWhole } from './file-text.js';
import { findLines } from './find-lines.js';
import { SEARCH_MAX_FILE_BYTES } from './fs.limits.js';
import type { LinearRegex } from './linear-regex.js';
import type { SearchReport } from './search-report.js';

const FILES_NAMED_MAX = 5;

/** One search through any number of files. */
export class FileSearch {
  /** The first few files that were left out for their size. */
  private readonly tooLarge: string[] = [];
  /** The first few files with lines that were searched only in part. */
  private readonly partial: string[] = [];
  private searched = 0;

  constructor(
    private readonly regex: LinearRegex,
    private readonly report: SearchReport,
    private readonly signal: AbortSignal,
  ) {}

  get finished(): boolean {
    return this.report.room === 0;
  }

  async file(handle: FileHandle, path: string): Promise<void> {
    await this.bytes(await readWhole(handle, SEARCH_MAX_FILE_BYTES, this.signal), path);
  }

  /** Without bytes: the file is too large. */
  async bytes(bytes: Uint8Array | undefined, path: string): Promise<void> {
    if (!bytes) {
      if (this.tooLarge.length < FILES_NAMED_MAX) this.tooLarge.push(path);
      return;
    }
    if (looksBinary(bytes)) return;
    this.searched += 1;
    const lines = new TextDecoder('utf-8').decode(bytes).split('\n');
    if (lines.at(-1) === '') lines.pop();
    const { matches, partial } = await findLines(lines, this.regex, this.report.room, this.signal);
    this.report.add(path, lines, matches);
    if (partial && this.partial.length < FILES_NAMED_MAX) this.partial.push(path);
  }

  answer(notes: readonly string[]): string {
    const lines = [
      this.report.count > 0 ? this.report.text() : `No match; files searched: ${this.searched}.`,
    ];
    if (this.finished)
      lines.push(`[Stopped at ${this.report.count} matches; narrow pattern, path or include.]`);
    if (this.tooLarge.length > 0) lines.push(`[Too large to search: ${this.tooLarge.join(', ')}]`);
    if (this.partial.length > 0) {
      lines.push(
        `[Very long lines were searched only at their beginning, a simpler pattern reaches further: ${this.partial.join(', ')}]`,
      );
    }
    return [...lines, ...notes].join('\n');
  }
}

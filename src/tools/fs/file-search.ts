import type { FileHandle } from 'node:fs/promises';
import type { RE2JS } from 're2js';
import { looksBinary, readWhole } from './file-text.js';
import { findLines } from './find-lines.js';
import { SEARCH_MAX_FILE_BYTES } from './fs.limits.js';
import type { SearchReport } from './search-report.js';

const TOO_LARGE_NAMED_MAX = 5;

/** One search through any number of files. */
export class FileSearch {
  /** The first few files that were left out for their size. */
  readonly tooLarge: string[] = [];
  searched = 0;

  constructor(
    private readonly regex: RE2JS,
    readonly report: SearchReport,
    private readonly signal: AbortSignal,
  ) {}

  async file(handle: FileHandle, path: string): Promise<void> {
    const bytes = await readWhole(handle, SEARCH_MAX_FILE_BYTES, this.signal);
    if (!bytes) {
      if (this.tooLarge.length < TOO_LARGE_NAMED_MAX) this.tooLarge.push(path);
      return;
    }
    if (looksBinary(bytes)) return;
    this.searched += 1;
    const lines = new TextDecoder('utf-8').decode(bytes).split('\n');
    if (lines.at(-1) === '') lines.pop();
    this.report.add(path, lines, await findLines(lines, this.regex, this.report.room, this.signal));
  }
}

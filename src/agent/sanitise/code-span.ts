import { codeRunLength } from './code-run.js';
import { markupRemoval } from './markup-removal.js';
import type { ScanBuffer } from './scan-buffer.js';
import type { ScanMode, ScanStep } from './scan-mode.js';

/** A code span longer than this is none: bounds what an unmatched backtick can hold back. */
export const CODE_SPAN_MAX_CHARS = 1_024;

const INTERESTING = /[<[`\n]/g;

/**
 * Inline code: passes unchanged, when it is closed on its own line. Whether it will be closed matters only where
 * something stands in it that would be removed from prose, so only from there on is text held back.
 */
export class CodeSpan implements ScanMode {
  private left = CODE_SPAN_MAX_CHARS;
  /** How far the search for the closing run got, relative to the buffer's position. */
  private searched = 1;

  /** `fence` is the number of backticks; they were passed on already. */
  constructor(private readonly fence: number) {}

  run(buffer: ScanBuffer): ScanStep {
    for (;;) {
      if (this.left <= 0) return 'done';
      if (buffer.empty) return 'need-input';
      INTERESTING.lastIndex = buffer.position;
      const found = INTERESTING.exec(buffer.text)?.index ?? buffer.text.length;
      if (found > buffer.position) {
        this.pass(buffer, Math.min(found - buffer.position, this.left));
        continue;
      }
      const step = this.decide(buffer);
      if (step !== undefined) return step;
    }
  }

  private decide(buffer: ScanBuffer): ScanStep | undefined {
    const char = buffer.text[buffer.position];
    if (char === '\n') return 'done';
    if (char === '`') {
      const length = codeRunLength(buffer, buffer.position);
      if (length === 'wait') return 'need-input';
      this.pass(buffer, length);
      return length === this.fence ? 'done' : undefined;
    }
    const removal = markupRemoval(buffer);
    if (removal === 'wait') return 'need-input';
    if (removal === undefined) {
      this.pass(buffer, 1);
      return undefined;
    }
    const end = this.findEnd(buffer);
    if (end === 'wait') return 'need-input';
    if (end !== undefined) this.pass(buffer, end);
    return 'done';
  }

  /** Characters up to and with the closing run; `undefined` when there is none. */
  private findEnd(buffer: ScanBuffer): number | 'wait' | undefined {
    while (this.searched < this.left) {
      const at = buffer.position + this.searched;
      const char = buffer.text[at];
      if (char === undefined) return buffer.ended ? undefined : 'wait';
      if (char === '\n') return undefined;
      const length = char === '`' ? codeRunLength(buffer, at) : 1;
      if (length === 'wait') return 'wait';
      this.searched += length;
      if (char === '`' && length === this.fence) return this.searched;
    }
    return undefined;
  }

  private pass(buffer: ScanBuffer, length: number): void {
    buffer.passTo(buffer.position + length);
    this.left -= length;
    this.searched = 1;
  }
}

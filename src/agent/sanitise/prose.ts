import { CodeFence, FENCE_MIN_CHARS } from './code-fence.js';
import { codeRunLength } from './code-run.js';
import { CodeSpan } from './code-span.js';
import { markupRemoval } from './markup-removal.js';
import type { ScanBuffer } from './scan-buffer.js';
import type { ScanMode, ScanStep } from './scan-mode.js';

const INTERESTING = /[<[`~]/g;

/** Ordinary text: passes at once, but for what may be the beginning of markup or code. */
export class Prose implements ScanMode {
  /** Something was just removed; the line breaks around it must not pile up. */
  private removed: 'no' | 'on-this-line' | 'on-its-own-line' = 'no';

  run(buffer: ScanBuffer): ScanStep {
    while (!buffer.empty) {
      if (this.removed !== 'no' && this.tidy(buffer)) continue;
      INTERESTING.lastIndex = buffer.position;
      const found = INTERESTING.exec(buffer.text)?.index ?? buffer.text.length;
      if (found > buffer.position) {
        buffer.passTo(found);
        continue;
      }
      const step = this.decide(buffer);
      if (step !== undefined) return step;
    }
    return 'need-input';
  }

  private decide(buffer: ScanBuffer): ScanStep | undefined {
    const char = buffer.text[buffer.position] ?? '';
    if (char === '`' || char === '~') return this.openCode(buffer, char);
    const removal = markupRemoval(buffer);
    if (removal === 'wait') return 'need-input';
    if (removal === undefined) {
      buffer.passTo(buffer.position + 1);
      return undefined;
    }
    this.removed = 'on-this-line';
    buffer.dropTo(buffer.position + removal.length);
    return removal.mode;
  }

  private openCode(buffer: ScanBuffer, char: string): ScanStep | undefined {
    const length = codeRunLength(buffer, buffer.position);
    if (length === 'wait') return 'need-input';
    const fence = length >= FENCE_MIN_CHARS && buffer.line.fencePossible;
    if (!fence && char === '~') {
      buffer.passTo(buffer.position + 1);
      return undefined;
    }
    buffer.passTo(buffer.position + length, fence);
    return fence ? new CodeFence(char, length) : new CodeSpan(length);
  }

  /** Drops the line break of a line that is empty now, and blank lines beyond one. */
  private tidy(buffer: ScanBuffer): boolean {
    const lineIsGone = this.removed === 'on-this-line' && buffer.line.blank;
    const drop = buffer.text[buffer.position] === '\n' && (lineIsGone || buffer.line.trailingNewlines >= 2);
    if (!drop) {
      this.removed = 'no';
      return false;
    }
    this.removed = 'on-its-own-line';
    buffer.dropTo(buffer.position + 1);
    return true;
  }
}

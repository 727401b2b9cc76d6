import { CodeSpan } from './code-span.js';
import { FINAL_TAGS } from './final-tags.js';
import type { ScanBuffer } from './scan-buffer.js';
import type { ScanMode, ScanStep } from './scan-mode.js';
import { parseTag } from './tag.js';

/** Backticks or tildes that make a fence. */
export const FENCE_MIN_CHARS = 3;

type Phase = 'info' | 'lead' | 'run' | 'tail' | 'content';

/**
 * A fenced code block: passes unchanged and at once. As in CommonMark, one that is never closed reaches to the
 * end of the text. Unlike there, a closing `</final>` may follow the closing fence on its line.
 */
export class CodeFence implements ScanMode {
  private phase: Phase = 'info';
  private count = 0;

  /** `length` characters `char` opened the block; they were passed on already. */
  constructor(
    private readonly char: string,
    private readonly length: number,
  ) {}

  run(buffer: ScanBuffer): ScanStep {
    while (!buffer.empty) {
      const step = this.advance(buffer);
      if (step !== undefined) return step;
    }
    return 'need-input';
  }

  private advance(buffer: ScanBuffer): ScanStep | undefined {
    switch (this.phase) {
      case 'info':
        return this.passInfo(buffer);
      case 'content':
        return this.passLine(buffer, buffer.text.length);
      case 'lead':
        return this.passLead(buffer);
      case 'run':
        return this.passRun(buffer);
      case 'tail':
        return this.passTail(buffer);
    }
  }

  /** The line of the opening fence. A backtick on it means that this is inline code, not a block. */
  private passInfo(buffer: ScanBuffer): ScanStep | undefined {
    const tick = this.char === '`' ? buffer.text.indexOf('`', buffer.position) : -1;
    const lineEnd = buffer.text.indexOf('\n', buffer.position);
    if (tick < 0 || (lineEnd >= 0 && lineEnd < tick)) return this.passLine(buffer, buffer.text.length);
    buffer.passTo(tick, true);
    return new CodeSpan(this.length);
  }

  private passLine(buffer: ScanBuffer, end: number): undefined {
    const lineEnd = buffer.text.indexOf('\n', buffer.position);
    buffer.passTo(lineEnd < 0 ? end : lineEnd + 1, true);
    if (lineEnd >= 0) this.phase = 'lead';
  }

  private passLead(buffer: ScanBuffer): undefined {
    const char = buffer.text[buffer.position];
    if (char === this.char) {
      this.count = 0;
      this.phase = 'run';
    } else if (char === ' ' || char === '\t' || char === '>' || char === '\n') {
      buffer.passTo(buffer.position + 1, true);
    } else {
      this.phase = 'content';
    }
  }

  private passRun(buffer: ScanBuffer): undefined {
    if (buffer.text[buffer.position] === this.char) {
      this.count += 1;
      buffer.passTo(buffer.position + 1, true);
    } else {
      this.phase = this.count >= this.length ? 'tail' : 'content';
    }
  }

  private passTail(buffer: ScanBuffer): ScanStep | undefined {
    const char = buffer.text[buffer.position];
    if (char === '\n') return 'done';
    if (char === ' ' || char === '\t' || char === '\r') {
      buffer.passTo(buffer.position + 1, true);
      return undefined;
    }
    const tag = char === '<' ? parseTag(buffer, FINAL_TAGS) : undefined;
    if (tag === 'wait') return 'need-input';
    if (tag?.closing === true && tag.complete) return 'done';
    this.phase = 'content';
    return undefined;
  }
}

import type { ScanBuffer } from './scan-buffer.js';
import type { ScanMode, ScanStep } from './scan-mode.js';

/** How a block of step 5 begins, at the start of a line; lower case. */
export const SYSTEM_MESSAGE_MARKER = '[system message]';

/** Step 5: a `[System Message]` that a model repeats goes, up to the next blank line. */
export class SystemMessage implements ScanMode {
  private blank = false;

  run(buffer: ScanBuffer): ScanStep {
    for (let at = buffer.position; at < buffer.text.length; at += 1) {
      const char = buffer.text[at] ?? '';
      if (char === '\n') {
        if (this.blank) {
          buffer.dropTo(at + 1);
          buffer.ensureNewlines(2);
          return 'done';
        }
        this.blank = true;
      } else if (char.trim() !== '') {
        this.blank = false;
      }
    }
    buffer.dropTo(buffer.text.length);
    return 'need-input';
  }
}

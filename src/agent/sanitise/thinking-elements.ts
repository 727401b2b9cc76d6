import type { ScanBuffer } from './scan-buffer.js';
import type { Removal, ScanMode, ScanStep } from './scan-mode.js';
import { parseTag, type Tag } from './tag.js';

/** Names of elements that hold a model's thinking, lower case. */
export const THINKING_TAGS: ReadonlySet<string> = new Set([
  'think',
  'thinking',
  'thought',
  'antthinking',
  'antml:thinking',
]);

/**
 * Step 3: thinking elements go with their content. Any thinking tag closes one, since models mix them up; one
 * that is never closed reaches to the end of the text. A closing tag without an opening one goes alone.
 */
export function thinkingRemoval(tag: Tag): Removal | undefined {
  if (!tag.complete) return undefined;
  if (tag.closing || tag.selfClosing) return { length: tag.length };
  return { length: tag.length, mode: new ThinkingElement() };
}

class ThinkingElement implements ScanMode {
  run(buffer: ScanBuffer): ScanStep {
    for (;;) {
      const tagAt = buffer.text.indexOf('<', buffer.position);
      buffer.dropTo(tagAt < 0 ? buffer.text.length : tagAt);
      if (buffer.empty) return 'need-input';
      const tag = parseTag(buffer, THINKING_TAGS);
      if (tag === 'wait') return 'need-input';
      const closed = tag !== undefined && tag.closing && tag.complete;
      buffer.dropTo(buffer.position + (closed ? tag.length : 1));
      if (closed) return 'done';
    }
  }
}

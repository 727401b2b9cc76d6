import type { ScanBuffer } from './scan-buffer.js';
import type { ScanMode, ScanStep } from './scan-mode.js';
import { parseTag } from './tag.js';
import { TOOL_TAGS } from './tool-tag-names.js';

/** Longest text that is held back in the hope of the tag that closes a garbled tool call. */
export const TOOL_ARGUMENTS_MAX_CHARS = 16_384;

/**
 * The text behind the opening tag of a garbled tool call. It goes when a closing tool tag ends it; if that never
 * comes it was prose, and stays. `json`: only text that begins like a JSON value can be arguments.
 */
export class ToolArguments implements ScanMode {
  private held = '';
  private begun: boolean;

  constructor(form: 'any' | 'json') {
    this.begun = form === 'any';
  }

  run(buffer: ScanBuffer): ScanStep {
    for (;;) {
      if (!this.begun && !this.begins(buffer))
        return buffer.empty && !buffer.ended ? 'need-input' : this.release(buffer);
      const tagAt = buffer.text.indexOf('<', buffer.position);
      this.hold(buffer, tagAt < 0 ? buffer.text.length : tagAt);
      if (this.held.length > TOOL_ARGUMENTS_MAX_CHARS) return this.release(buffer);
      if (buffer.empty) return buffer.ended ? this.release(buffer) : 'need-input';

      const tag = parseTag(buffer, TOOL_TAGS);
      if (tag === 'wait') return 'need-input';
      if (tag === undefined) this.hold(buffer, buffer.position + 1);
      else if (tag.closing) return 'done';
      else return this.release(buffer);
    }
  }

  /** Holds leading white space; true when a JSON object or array stands behind it. */
  private begins(buffer: ScanBuffer): boolean {
    const rest = buffer.text.slice(buffer.position);
    this.hold(buffer, buffer.text.length - rest.trimStart().length);
    const first = buffer.text[buffer.position];
    this.begun = first === '{' || first === '[';
    return this.begun;
  }

  private hold(buffer: ScanBuffer, end: number): void {
    this.held += buffer.text.slice(buffer.position, end);
    buffer.dropTo(end);
  }

  private release(buffer: ScanBuffer): ScanStep {
    buffer.unread(this.held);
    return 'done';
  }
}

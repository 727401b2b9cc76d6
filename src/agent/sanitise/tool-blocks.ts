import type { ScanBuffer } from './scan-buffer.js';
import type { ScanMode, ScanStep } from './scan-mode.js';

/** How a block of step 2 begins, lower case. */
export const TOOL_BLOCK_MARKERS = [
  '[tool call:',
  '[tool result:',
  '[tool result ',
  '[tool result]',
  '[historical context:',
] as const;

const ARGUMENTS = 'arguments:';
const LINE_SPACE = /[ \t\r]*/y;

/**
 * Step 2: what a model imitates of a transcript, `[Tool Call: …]`, `[Tool Result …]`, `[Historical context: …]`.
 * The bracket goes, and the lines behind it as long as they are blank, begin with `Arguments:`, `{` or `}`, or
 * belong to JSON that such a line opened (a blank line ends that). Other text, also on the bracket's line, stays.
 */
export class ToolBlock implements ScanMode {
  private phase: 'marker' | 'line-start' | 'json' = 'marker';
  private brackets = 0;
  private braces = 0;
  private inString = false;
  private escaped = false;
  private lineEnds = 0;
  private sawBlankLine = false;
  /** White space at the beginning of the line that is being looked at. */
  private lead = '';

  run(buffer: ScanBuffer): ScanStep {
    while (!buffer.empty) {
      if (this.phase === 'marker') this.skipMarker(buffer);
      else if (this.phase === 'json') this.skipJson(buffer);
      else {
        const line = this.readLineStart(buffer);
        if (line === 'wait') return 'need-input';
        if (line === 'prose') return this.finish(buffer);
      }
    }
    return 'need-input';
  }

  /** To the bracket that closes the marker, or the end of its line. */
  private skipMarker(buffer: ScanBuffer): void {
    for (let at = buffer.position; at < buffer.text.length; at += 1) {
      const char = buffer.text[at];
      if (char === '[') this.brackets += 1;
      if (char === ']') this.brackets -= 1;
      if (char !== '\n' && this.brackets > 0) continue;
      if (char === '\n') return this.endLine(buffer, at);
      this.phase = 'line-start';
      return buffer.dropTo(at + 1);
    }
    buffer.dropTo(buffer.text.length);
  }

  private readLineStart(buffer: ScanBuffer): 'wait' | 'prose' | 'block' {
    this.skipLead(buffer);
    const char = buffer.text[buffer.position];
    if (char === undefined) return 'block';
    if (char === '\n') {
      if (this.lineEnds > 0) this.sawBlankLine = true;
      this.braces = 0;
      this.endLine(buffer, buffer.position);
      return 'block';
    }
    const word = buffer.text.slice(buffer.position, buffer.position + ARGUMENTS.length).toLowerCase();
    if (this.braces > 0 || char === '{' || char === '}' || word === ARGUMENTS) {
      this.phase = 'json';
      return 'block';
    }
    return !buffer.ended && ARGUMENTS.startsWith(word) ? 'wait' : 'prose';
  }

  private skipLead(buffer: ScanBuffer): void {
    LINE_SPACE.lastIndex = buffer.position;
    const space = LINE_SPACE.exec(buffer.text)?.[0] ?? '';
    this.lead += space;
    buffer.dropTo(buffer.position + space.length);
  }

  private endLine(buffer: ScanBuffer, newlineAt: number): void {
    this.phase = 'line-start';
    this.lead = '';
    this.inString = false;
    this.escaped = false;
    this.lineEnds += 1;
    buffer.dropTo(newlineAt + 1);
  }

  /** To the end of the line, counting braces outside of strings. */
  private skipJson(buffer: ScanBuffer): void {
    for (let at = buffer.position; at < buffer.text.length; at += 1) {
      const char = buffer.text[at];
      if (char === '\n') return this.endLine(buffer, at);
      if (this.escaped) this.escaped = false;
      else if (this.inString && char === '\\') this.escaped = true;
      else if (char === '"') this.inString = !this.inString;
      else if (!this.inString && char === '{') this.braces += 1;
      else if (!this.inString && char === '}') this.braces = Math.max(0, this.braces - 1);
    }
    buffer.dropTo(buffer.text.length);
  }

  /** What stood before and behind the block must not run together. */
  private finish(buffer: ScanBuffer): ScanStep {
    if (this.sawBlankLine) buffer.ensureNewlines(2);
    else if (this.lineEnds > 0) buffer.ensureNewlines(1);
    buffer.unread(this.lead);
    return 'done';
  }
}

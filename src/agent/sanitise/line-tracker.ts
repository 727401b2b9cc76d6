/** Characters of a line's beginning that are remembered; a fence that starts later is no fence. */
const PREFIX_MAX_CHARS = 64;

/** A fence may stand behind indentation, quote marks and list markers. */
const FENCE_LEAD = /^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*$/;

/** Knows where in its line the text that was let through so far ends. */
export class LineTracker {
  private prefix = '';
  private newlines = 2;

  /** Line breaks at the end of the text, spaces between them ignored. The very beginning counts as two. */
  get trailingNewlines(): number {
    return this.newlines;
  }

  /** Nothing but white space stands on the current line. */
  get blank(): boolean {
    return this.prefix.trim() === '';
  }

  /** A code fence may open here. */
  get fencePossible(): boolean {
    return this.prefix.length < PREFIX_MAX_CHARS && FENCE_LEAD.test(this.prefix);
  }

  advance(text: string): void {
    const lineStart = text.lastIndexOf('\n') + 1;
    if (lineStart > 0) {
      this.prefix = text.slice(lineStart, lineStart + PREFIX_MAX_CHARS);
    } else if (this.prefix.length < PREFIX_MAX_CHARS) {
      this.prefix += text.slice(0, PREFIX_MAX_CHARS - this.prefix.length);
    }
    const visible = text.trimEnd();
    const newlines = countNewlines(text, visible.length);
    this.newlines = visible === '' ? this.newlines + newlines : newlines;
  }
}

function countNewlines(text: string, from: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

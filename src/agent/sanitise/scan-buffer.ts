import { LineTracker } from './line-tracker.js';
import type { TextSink } from './text-sink.js';

/** The text that the scanner has not decided on yet, and the way out for what it has. */
export class ScanBuffer {
  /** Holds the undecided text from {@link position} on. */
  text = '';
  position = 0;
  /** No more text will come: whatever is undecided must be decided now. */
  ended = false;
  /** Where the text that was let through ends. */
  readonly line = new LineTracker();

  constructor(private readonly next: TextSink) {}

  get empty(): boolean {
    return this.position >= this.text.length;
  }

  append(delta: string): void {
    this.text = this.empty ? delta : this.text.slice(this.position) + delta;
    this.position = 0;
  }

  /** Puts back the text that was dropped last. */
  unread(text: string): void {
    if (text.length <= this.position) {
      this.position -= text.length;
      return;
    }
    this.text = text + this.text.slice(this.position);
    this.position = 0;
  }

  /** Lets the text up to `end` (an index of {@link text}) through. */
  passTo(end: number, code = false): void {
    this.emit(this.text.slice(this.position, end), code);
    this.position = end;
  }

  /** Removes the text up to `end` (an index of {@link text}). */
  dropTo(end: number): void {
    this.position = end;
  }

  /** Adds line breaks until the text let through ends in `count` of them. */
  ensureNewlines(count: number): void {
    const missing = count - this.line.trailingNewlines;
    if (missing > 0) this.emit('\n'.repeat(missing), false);
  }

  private emit(text: string, code: boolean): void {
    if (text === '') return;
    this.line.advance(text);
    this.next.write(text, code);
  }
}

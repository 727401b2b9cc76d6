import type { TextSink } from './text-sink.js';

/**
 * Step 7, second half: trailing white space goes; inside the text it is held back until more text follows. So is
 * the first half of a surrogate pair, so that no chunk that is sent ends in the middle of a character.
 */
export class TrailingWhitespace implements TextSink {
  private space = '';
  private half = '';

  constructor(private readonly next: (text: string) => void) {}

  write(text: string): void {
    const joined = this.half + text;
    const visible = joined.trimEnd();
    this.half = '';
    if (visible === '') {
      this.space += joined;
      return;
    }
    const before = this.space;
    this.space = joined.slice(visible.length);
    const cut = this.space === '' && isHighSurrogate(visible.charCodeAt(visible.length - 1));
    if (cut) this.half = visible.slice(-1);
    this.next(before + (cut ? visible.slice(0, -1) : visible));
  }

  end(): void {
    if (this.half !== '') this.next(this.half);
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

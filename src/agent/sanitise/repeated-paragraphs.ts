import type { TextSink } from './text-sink.js';

/** Longer paragraphs are not compared: bounds what is held back. */
export const PARAGRAPH_MAX_CHARS = 16_384;

const RUNS = /\s+|\S+/g;
const BLANK_LINE = /\n[^\n]*\n/;

/**
 * Step 6: of equal consecutive paragraphs one stays. A paragraph is held back only while it is still a beginning
 * of the one before. Paragraphs with a fenced code block are never compared.
 */
export class RepeatedParagraphs implements TextSink {
  /** The paragraph before, if it can be compared with. */
  private previous: string | undefined;
  /** The paragraph that is being passed on; `undefined` when it cannot be compared with. */
  private current: string | undefined = '';
  /** White space that was not decided on. */
  private space = '';
  /** Set while the current paragraph is held back: its first `matched` characters are those of `previous`. */
  private candidate: { separator: string; matched: number } | undefined;

  constructor(private readonly next: TextSink) {}

  write(text: string, code: boolean): void {
    if (code) {
      this.text('', true);
      this.next.write(text, true);
      return;
    }
    for (const [run] of text.matchAll(RUNS)) {
      if (run.trim() === '') this.space += run;
      else this.text(run, false);
    }
  }

  end(): void {
    this.endCandidate();
    if (this.space !== '') this.next.write(this.space, false);
    this.next.end();
  }

  /** A run of visible characters, or (`code`) the beginning of a code block. */
  private text(run: string, code: boolean): void {
    const space = this.space;
    this.space = '';
    if (BLANK_LINE.test(space)) this.beginParagraph(space, run, code);
    else this.continueParagraph(space + run);
    if (code) {
      this.releaseCandidate('');
      this.current = undefined;
    }
  }

  private beginParagraph(space: string, run: string, code: boolean): void {
    if (this.candidate === undefined) this.previous = this.current;
    else this.endCandidate();
    const indentation = space.lastIndexOf('\n') + 1;
    const separator = space.slice(0, indentation);
    this.current = '';
    if (this.previous === undefined || code) {
      this.pass(separator);
    } else {
      this.candidate = { separator, matched: 0 };
    }
    this.continueParagraph(space.slice(indentation) + run);
  }

  private continueParagraph(text: string): void {
    const { candidate, previous } = this;
    if (candidate === undefined || previous === undefined) {
      this.remember(text);
      this.pass(text);
    } else if (previous.startsWith(text, candidate.matched)) {
      candidate.matched += text.length;
    } else {
      this.releaseCandidate(text);
    }
  }

  /** The held paragraph ended: it goes if it is a repetition, and stays otherwise. */
  private endCandidate(): void {
    if (this.candidate === undefined) return;
    if (this.candidate.matched === this.previous?.length) {
      this.candidate = undefined;
      return;
    }
    this.releaseCandidate('');
    this.previous = this.current;
  }

  /** The held paragraph is no repetition: passes it on, followed by `text`. */
  private releaseCandidate(text: string): void {
    const { candidate } = this;
    if (candidate === undefined) return;
    this.candidate = undefined;
    const held = (this.previous ?? '').slice(0, candidate.matched) + text;
    this.current = '';
    this.remember(held);
    this.pass(candidate.separator + held);
  }

  private remember(text: string): void {
    if (this.current === undefined) return;
    const long = this.current.length + text.length > PARAGRAPH_MAX_CHARS;
    this.current = long ? undefined : this.current + text;
  }

  private pass(text: string): void {
    if (text !== '') this.next.write(text, false);
  }
}

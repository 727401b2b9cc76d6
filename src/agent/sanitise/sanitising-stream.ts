import { MarkupScanner } from './markup-scanner.js';
import { LeadingWhitespace } from './leading-whitespace.js';
import { RepeatedParagraphs } from './repeated-paragraphs.js';
import { SilentReply } from './silent-reply.js';
import { TrailingWhitespace } from './trailing-whitespace.js';

/**
 * Cleans a model's answer while it streams. What `push` and `end` return, joined, is the sanitised answer, however
 * the text was cut into deltas. Text comes out at once, unless it may still be the beginning of something that
 * goes. One instance for one answer.
 *
 * Fenced code blocks and inline code pass unchanged. A fence that is never closed reaches to the end; inline code
 * must be closed on its line, or it is prose.
 */
export class SanitisingStream {
  private readonly output: string[] = [];
  private readonly silentReply = new SilentReply(new TrailingWhitespace((text) => this.output.push(text)));
  private readonly scanner = new MarkupScanner(
    new LeadingWhitespace(new RepeatedParagraphs(this.silentReply)),
  );
  private ended = false;

  /** The answer is `NO_REPLY` or begins with it: nothing of it is ever returned. */
  get silent(): boolean {
    return this.silentReply.silent;
  }

  /** Takes a delta, returns what can be shown now (possibly nothing). */
  push(delta: string): string {
    if (this.ended) throw new Error('The sanitising stream has ended; make a new one for each answer.');
    this.scanner.write(delta);
    return this.drain();
  }

  /** The answer is complete: returns what was held back and stays. Further calls return nothing. */
  end(): string {
    if (this.ended) return '';
    this.ended = true;
    this.scanner.end();
    return this.drain();
  }

  private drain(): string {
    return this.output.splice(0).join('');
  }
}

import { TrailingToken } from './trailing-token.js';
import { isWordChar, SILENT_TOKEN, SILENT_TOKEN_MAX_STARS } from './silent-token.js';
import type { TextSink } from './text-sink.js';

const STARS = new RegExp(`^\\*{0,${SILENT_TOKEN_MAX_STARS}}`);

/**
 * A text that is or begins with the silent token is hidden altogether: an agent that has nothing to say says so.
 * A token at the end is cut off (see {@link TrailingToken}). Emphasis around the token does not matter.
 */
export class SilentReply implements TextSink {
  private head: string | undefined = '';
  private hidden = false;
  private readonly tail: TrailingToken;

  constructor(next: TextSink) {
    this.tail = new TrailingToken(next);
  }

  /** The text is hidden, whatever follows. Certain at the latest after {@link end}. */
  get silent(): boolean {
    return this.hidden;
  }

  write(text: string, code: boolean): void {
    if (this.hidden) return;
    if (this.head === undefined) {
      this.tail.write(text, code);
      return;
    }
    const head = code ? this.head : this.head + text;
    const verdict = beginning(head, code);
    if (verdict === 'open') {
      this.head = head;
    } else if (verdict === 'silent') {
      this.hidden = true;
      this.head = undefined;
    } else {
      this.flush(head);
      if (code) this.tail.write(text, true);
    }
  }

  end(): void {
    if (this.head !== undefined) {
      this.hidden = beginning(this.head, true) === 'silent';
      if (!this.hidden) this.flush(this.head);
    }
    this.tail.end();
  }

  private flush(head: string): void {
    this.head = undefined;
    if (head !== '') this.tail.write(head, false);
  }
}

function beginning(text: string, complete: boolean): 'open' | 'silent' | 'visible' {
  const rest = text.replace(STARS, '');
  if (rest.length > SILENT_TOKEN.length) {
    return rest.startsWith(SILENT_TOKEN) && !isWordChar(rest.charAt(SILENT_TOKEN.length))
      ? 'silent'
      : 'visible';
  }
  if (complete) return rest === SILENT_TOKEN ? 'silent' : 'visible';
  return SILENT_TOKEN.startsWith(rest) ? 'open' : 'visible';
}

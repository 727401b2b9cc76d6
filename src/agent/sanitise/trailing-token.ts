import { isWordChar, SILENT_TOKEN, SILENT_TOKEN_MAX_STARS } from './silent-token.js';
import type { TextSink } from './text-sink.js';

/** Punctuation behind a trailing token that is cut off with it. */
const AFTER_MAX_CHARS = 4;
const AFTER = new Set(['.', '!', '*']);
const START = /[*N]/g;

/**
 * Cuts silent tokens off the end of a text. Held back is only what may still be such an end: stars and the
 * token's own letters, then white space and a little punctuation. A token in backticks is quoted, and stays.
 */
export class TrailingToken implements TextSink {
  private phase: 'open' | 'stars' | 'token' | 'after' = 'open';
  private held = '';
  private count = 0;
  private before = '';

  constructor(private readonly next: TextSink) {}

  write(text: string, code: boolean): void {
    if (code) {
      this.release();
      this.pass(text, true);
      return;
    }
    let at = 0;
    while (at < text.length) {
      if (this.phase === 'open') {
        START.lastIndex = at;
        const found = START.exec(text)?.index ?? text.length;
        this.pass(text.slice(at, found), false);
        at = found;
        if (at >= text.length) return;
      }
      if (this.take(text.charAt(at))) at += 1;
      else this.release();
    }
  }

  end(): void {
    if (this.phase !== 'after') this.release();
    this.next.end();
  }

  /** Holds the character back; false when it proves that what is held is no end. */
  private take(char: string): boolean {
    const taken = this.accepts(char);
    if (taken) {
      this.held += char;
      this.before = char;
    } else if (this.phase === 'open') {
      this.pass(char, false);
      return true;
    }
    return taken;
  }

  private accepts(char: string): boolean {
    if (this.phase === 'token') {
      if (char !== SILENT_TOKEN[this.count]) return false;
      this.count += 1;
      if (this.count === SILENT_TOKEN.length) this.enter('after', 0);
      return true;
    }
    if (char === SILENT_TOKEN[0] && !isWordChar(this.before) && this.before !== '`') {
      this.enter('token', 1);
      return true;
    }
    if (this.phase === 'after') return this.acceptsAfter(char);
    if (char !== '*') return false;
    if (this.phase === 'open') this.enter('stars', 0);
    this.count += 1;
    return this.count <= SILENT_TOKEN_MAX_STARS;
  }

  private acceptsAfter(char: string): boolean {
    if (char.trim() === '') return true;
    this.count += 1;
    return AFTER.has(char) && this.count <= AFTER_MAX_CHARS;
  }

  private enter(phase: 'stars' | 'token' | 'after', count: number): void {
    this.phase = phase;
    this.count = count;
  }

  private release(): void {
    const { held } = this;
    this.phase = 'open';
    this.held = '';
    this.pass(held, false);
  }

  private pass(text: string, code: boolean): void {
    if (text === '') return;
    this.before = text.slice(-1);
    this.next.write(text, code);
  }
}

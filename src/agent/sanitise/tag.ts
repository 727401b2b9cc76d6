import type { ScanBuffer } from './scan-buffer.js';
import type { Recognised } from './scan-mode.js';

/** Longest tag that is looked for; text is never held back longer for the sake of one. */
export const TAG_MAX_CHARS = 256;

/** An HTML-like tag, possibly cut short: models garble them. */
export interface Tag {
  /** Lower case. */
  readonly name: string;
  readonly closing: boolean;
  readonly selfClosing: boolean;
  readonly hasAttributes: boolean;
  /** `false`: the `>` is missing, or something that is no attribute stands before it. */
  readonly complete: boolean;
  /** Characters of it, `<` and `>` included. */
  readonly length: number;
}

const NAME = /[\w:]*/y;
/** A quote that is not closed ends at white space. */
const ATTRIBUTES =
  /^((?:=\s*"?[\w.:-]{1,64}"?)?(?:\s+[\w:.-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|["']?[^\s"'<>=]*))*)(\s*)(\/?)/;

/** Reads the tag at the buffer's position, if it is one of `names` (lower case). */
export function parseTag(buffer: ScanBuffer, names: ReadonlySet<string>): Recognised<Tag> {
  const start = buffer.position;
  const window = buffer.text.slice(start, start + TAG_MAX_CHARS);
  const whole = buffer.ended || window.length === TAG_MAX_CHARS;
  const closing = window[1] === '/';
  const nameStart = closing ? 2 : 1;
  NAME.lastIndex = nameStart;
  const name = (NAME.exec(window)?.[0] ?? '').toLowerCase();
  const nameEnd = nameStart + name.length;
  if (!whole && nameEnd >= window.length) return isPrefixOfOne(name, names) ? 'wait' : undefined;
  if (!names.has(name)) return undefined;

  const end = findTerminator(window, nameEnd);
  if (end === undefined && !whole) return 'wait';
  const body = window.slice(nameEnd, end ?? window.length);
  const [matched = '', attributes = '', , slash = ''] = ATTRIBUTES.exec(body) ?? [];
  const complete = end !== undefined && window[end] === '>' && matched.length === body.length;
  return {
    name,
    closing,
    selfClosing: slash !== '',
    hasAttributes: attributes !== '',
    complete,
    length: complete ? end + 1 : nameEnd + attributes.length,
  };
}

function findTerminator(window: string, from: number): number | undefined {
  for (let at = from; at < window.length; at += 1) {
    if (window[at] === '>' || window[at] === '<') return at;
  }
  return undefined;
}

function isPrefixOfOne(text: string, names: ReadonlySet<string>): boolean {
  for (const name of names) if (name.startsWith(text)) return true;
  return false;
}

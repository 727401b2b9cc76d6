/** Of a title or a link that a terminal is told; what goes on longer is text. */
const STRING_MAX_CHARS = 2_048;
const ESC = '\u001B';
/** What ends a string: a bell, or an order of its own. */
const STRING_END = `\u0007\u009C${ESC}`;
/**
 * Orders to a terminal: with parameters (colours, cursor), with a string (titles, links), and short ones. No part of it
 * can be read in two ways: whatever a command prints, one pass is enough. (`stripVTControlCharacters` takes seconds for
 * some 64 KB.)
 */
const ORDERS = new RegExp(
  [
    `(?:${ESC}\\[|\u009B)[0-?]*[ -/]*[@-~]`,
    `${ESC}[\\]PX^_][^\n${STRING_END}]{0,${STRING_MAX_CHARS}}(?:[\u0007\u009C]|${ESC}\\\\)`,
    `${ESC}[ -/]*[0-~]`,
  ].join('|'),
  'g',
);
/** What a terminal would act on, and a reader would not see. */
const CONTROLS = /[^\P{Cc}\n\t]/gu;

/** Bytes of one stream as text. Pictures and archives are no text: what holds NUL is counted, not shown. */
export class OutputText {
  private readonly decoder = new TextDecoder('utf-8');
  private bytes = 0;
  private hasNul = false;

  /** The bytes, when the stream is no text; else `undefined`. */
  get binaryBytes(): number | undefined {
    return this.hasNul ? this.bytes : undefined;
  }

  /** The text of a further piece; '' for what is no text. */
  add(chunk: Uint8Array): string {
    this.bytes += chunk.length;
    this.hasNul ||= chunk.includes(0);
    return this.hasNul ? '' : readable(this.decoder.decode(chunk, { stream: true }));
  }
}

/** Without colours, cursor movements and other orders to a terminal; a line that was written over is a line. */
function readable(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').replaceAll(ORDERS, '').replaceAll(CONTROLS, '');
}

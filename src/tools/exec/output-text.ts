import { stripVTControlCharacters } from 'node:util';

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
  return stripVTControlCharacters(text.replaceAll('\r\n', '\n').replaceAll('\r', '\n')).replaceAll(
    CONTROLS,
    '',
  );
}

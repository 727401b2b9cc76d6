/** One message of the browser; a larger one is left out. */
export const MESSAGE_MAX_BYTES = 16 * 1024 * 1024;
/** Of a message that is left out: enough for what names it, which stands at both ends. */
const ENDS_KEPT_BYTES = 256;
const END_OF_MESSAGE = 0;

/** A message as it came, or both ends of one that was too large. */
export type CdpFrame =
  | { readonly kind: 'message'; readonly bytes: Buffer }
  | { readonly kind: 'oversized'; readonly head: string; readonly tail: string };

/** Cuts what the browser writes into messages; of what is longer than the bound only the ends are kept. */
export class CdpFrames {
  private chunks: Buffer[] = [];
  private length = 0;
  private head: string | undefined;
  private tail = Buffer.alloc(0);

  *take(chunk: Buffer): Generator<CdpFrame> {
    let start = 0;
    for (let end = chunk.indexOf(END_OF_MESSAGE); end >= 0; end = chunk.indexOf(END_OF_MESSAGE, start)) {
      this.add(chunk.subarray(start, end));
      yield this.finish();
      start = end + 1;
    }
    if (start < chunk.length) this.add(chunk.subarray(start));
  }

  private add(part: Buffer): void {
    this.length += part.length;
    if (this.length <= MESSAGE_MAX_BYTES) {
      this.chunks.push(part);
      return;
    }
    if (this.head === undefined) {
      this.tail = Buffer.concat(this.chunks);
      this.head = this.tail.subarray(0, ENDS_KEPT_BYTES).toString('latin1');
      this.chunks = [];
    }
    // A copy: a slice would keep everything before it in memory.
    this.tail = Buffer.from(
      Buffer.concat([this.tail.subarray(-ENDS_KEPT_BYTES), part.subarray(-ENDS_KEPT_BYTES)]),
    );
  }

  private finish(): CdpFrame {
    const { head, tail, chunks } = this;
    this.chunks = [];
    this.length = 0;
    this.head = undefined;
    this.tail = Buffer.alloc(0);
    if (head === undefined)
      return { kind: 'message', bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) };
    return { kind: 'oversized', head, tail: tail.subarray(-ENDS_KEPT_BYTES).toString('latin1') };
  }
}

const LF = 0x0a;

/** Cuts a stream of bytes into lines, without copying what is not complete yet. */
export class LineReader {
  private parts: Buffer[] = [];
  private size = 0;

  constructor(private readonly maxBytes: number) {}

  /** The lines that are complete with this chunk. @throws RangeError for one that is too long */
  *take(chunk: Buffer): Generator<string> {
    let rest = chunk;
    for (let end = rest.indexOf(LF); end >= 0; end = rest.indexOf(LF)) {
      this.keep(rest.subarray(0, end));
      const line = Buffer.concat(this.parts, this.size).toString('utf8');
      this.parts = [];
      this.size = 0;
      yield line;
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) this.keep(rest);
  }

  private keep(part: Buffer): void {
    this.size += part.length;
    if (this.size > this.maxBytes) throw new RangeError('a line is too long');
    this.parts.push(part);
  }
}

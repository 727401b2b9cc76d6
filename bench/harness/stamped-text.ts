const PIECE = /(\d+):(\d{13})/g;

/** The text of a stream whose deltas are `<index>:<epoch ms> `, with how late each of them was. */
export class StampedText {
  readonly lagsMs: number[] = [];
  value = '';
  private readTo = 0;

  push(text: string): void {
    const now = Date.now();
    this.value += text;
    PIECE.lastIndex = this.readTo;
    for (let piece = PIECE.exec(this.value); piece; piece = PIECE.exec(this.value)) {
      this.readTo = PIECE.lastIndex;
      this.lagsMs.push(now - Number(piece[2]));
    }
  }

  /** @throws Error when a delta is missing, twice there, or in the wrong place */
  requireWhole(deltas: number): void {
    const indices = this.value
      .trim()
      .split(' ')
      .map((piece) => Number(piece.split(':')[0]));
    if (indices.length !== deltas || indices.some((index, at) => index !== at))
      throw new Error(
        `A stream of ${deltas} deltas came as ${indices.length}: ${this.value.slice(0, 200)} …`,
      );
  }
}

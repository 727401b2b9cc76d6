/** Keeps the beginning and the end of a text that comes in pieces, and counts the rest. */
export class HeadAndTail {
  private head = '';
  private readonly tail: string[] = [];
  private tailChars = 0;
  private missing = 0;

  constructor(
    private readonly headMax: number,
    private readonly tailMax: number,
  ) {}

  add(text: string): void {
    const room = this.headMax - this.head.length;
    const first = room > 0 ? text.slice(0, room) : '';
    this.head += first;
    const rest = text.slice(first.length);
    if (rest === '') return;
    this.tail.push(rest);
    this.tailChars += rest.length;
    this.trim();
  }

  get isEmpty(): boolean {
    return this.head === '';
  }

  toString(): string {
    const tail = this.tail.join('');
    const kept = tail.slice(Math.max(0, tail.length - this.tailMax));
    const missing = this.missing + tail.length - kept.length;
    if (missing === 0) return this.head + kept;
    return `${this.head}\n[… ${missing} characters left out here; write to a file and read it in parts to see them …]\n${kept}`.toWellFormed();
  }

  /** Whole pieces go, as long as enough is left without them. */
  private trim(): void {
    for (
      let first = this.tail[0];
      first !== undefined && this.tailChars - first.length >= this.tailMax;
      first = this.tail[0]
    ) {
      this.tail.shift();
      this.tailChars -= first.length;
      this.missing += first.length;
    }
  }
}

import type { LogPosition } from '#protocol';

/** Negative when `a` comes before `b`. */
export function comparePositions(a: LogPosition, b: LogPosition): number {
  return a.attempt - b.attempt || a.seq - b.seq;
}

/** The visible text of a run, which remembers where each piece ends, because a part can become void. */
export class StreamedText {
  private content = '';
  private readonly pieces: { readonly position: LogPosition; readonly end: number }[] = [];

  get text(): string {
    return this.content;
  }

  append(position: LogPosition, text: string): void {
    this.content += text;
    this.pieces.push({ position, end: this.content.length });
  }

  /** Takes back what came after `position`; `false` when nothing did. */
  discardAfter(position: LogPosition): boolean {
    const before = this.content.length;
    for (
      let last = this.pieces.at(-1);
      last && comparePositions(last.position, position) > 0;
      last = this.pieces.at(-1)
    )
      this.pieces.pop();
    this.content = this.content.slice(0, this.pieces.at(-1)?.end ?? 0);
    return this.content.length < before;
  }
}

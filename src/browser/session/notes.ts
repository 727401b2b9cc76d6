const NOTES_MAX = 10;
const NOTE_MAX_CHARS = 300;

/** What happened to pages beside what was asked: told once, with the next answer. */
export class Notes {
  private readonly notes: string[] = [];
  private left = 0;

  add(text: string): void {
    if (this.notes.length < NOTES_MAX) this.notes.push(oneLine(text, NOTE_MAX_CHARS));
    else this.left++;
  }

  take(): readonly string[] {
    const { left } = this;
    this.left = 0;
    return [...this.notes.splice(0), ...(left > 0 ? [`${left} more things happened.`] : [])];
  }
}

/** Text that a page chose, as one line of bounded length. */
export function oneLine(text: string, maxChars: number): string {
  const line = text
    .slice(0, maxChars * 2)
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return line.length <= maxChars ? line : `${line.slice(0, maxChars)}…`;
}

/** What a terminal would obey, or not show: control and format characters, halves of characters, unassigned ones. */
const HIDDEN = /[^\P{C}\n\t]/gu;

/** A text that somebody decides about: everything in it shows. */
export function visible(text: string): string {
  return text.replaceAll(HIDDEN, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

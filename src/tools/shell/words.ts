/** The words of a list that is written as a text, as it reads best. */
export function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

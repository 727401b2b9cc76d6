/** Control characters and escape sequences except tab and line feed. */
const CONTROL = /(?![\t\n])\p{Cc}/gu;

/**
 * Text from elsewhere (a model, a tool, a server), without what a terminal would obey: escape sequences could move
 * the cursor, set the clipboard or fake a prompt.
 */
export function printable(text: string): string {
  return text.replaceAll(CONTROL, '');
}

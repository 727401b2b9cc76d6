/** What an agent answers when nothing is to be sent. */
export const SILENT_TOKEN = 'NO_REPLY';

/** Stars (Markdown emphasis) that may stand directly before or behind the token. */
export const SILENT_TOKEN_MAX_STARS = 3;

const WORD_CHAR = /[\p{L}\p{N}_]/u;

/** Beside such a character the token is part of a longer word. */
export function isWordChar(char: string): boolean {
  return WORD_CHAR.test(char);
}

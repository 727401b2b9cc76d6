import type { ScanBuffer } from './scan-buffer.js';

/** Longer runs of backticks or tildes count as several. */
export const CODE_RUN_MAX_CHARS = 32;

/** Length of the run of the character at `start`; `wait` when more of it may come. */
export function codeRunLength(buffer: ScanBuffer, start: number): number | 'wait' {
  const char = buffer.text[start];
  let length = 1;
  while (length < CODE_RUN_MAX_CHARS && buffer.text[start + length] === char) length += 1;
  const cut = start + length >= buffer.text.length && length < CODE_RUN_MAX_CHARS;
  return cut && !buffer.ended ? 'wait' : length;
}

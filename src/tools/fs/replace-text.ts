import { fileError } from './file-error.js';

const LINES_TOLD_MAX = 10;

export interface Replacement {
  readonly from: string;
  readonly to: string;
  readonly all: boolean;
}

/**
 * Replaces literally. In a file with CRLF line ends, text given with LF matches and is written with CRLF.
 * @throws ToolsError that says why nothing was replaced.
 */
export function replaceText(
  text: string,
  change: Replacement,
  path: string,
): { readonly text: string; readonly lines: readonly number[] } {
  if (change.from === change.to)
    throw fileError('old_string and new_string are the same; nothing to change.');
  const { from, to } = lineEndsOf(text, change);
  const positions = occurrences(text, from);
  const lines = lineNumbers(text, positions);
  if (positions.length === 0) throw notFound(text, change.from, path);
  if (positions.length > 1 && !change.all) {
    const where = lines.slice(0, LINES_TOLD_MAX).join(', ');
    throw fileError(
      `old_string occurs ${positions.length} times in "${path}" (lines ${where}${lines.length > LINES_TOLD_MAX ? ', …' : ''}); ` +
        'give more of the text around it, or set replace_all.',
    );
  }
  return { text: text.split(from).join(to), lines };
}

function lineEndsOf(text: string, { from, to }: Replacement): { from: string; to: string } {
  if (from.includes('\r') || text.includes(from) || !text.includes('\r\n')) return { from, to };
  const withCrlf = (part: string): string => part.replaceAll(/\r?\n/g, '\r\n');
  return { from: withCrlf(from), to: withCrlf(to) };
}

function occurrences(text: string, part: string): readonly number[] {
  const found: number[] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) found.push(at);
  return found;
}

/** Line numbers of ascending positions. */
function lineNumbers(text: string, positions: readonly number[]): readonly number[] {
  let line = 1;
  let at = 0;
  return positions.map((position) => {
    for (let newline = text.indexOf('\n', at); newline >= 0 && newline < position;) {
      line += 1;
      at = newline + 1;
      newline = text.indexOf('\n', at);
    }
    return line;
  });
}

function notFound(text: string, from: string, path: string): Error {
  if (from.includes('[REDACTED]')) {
    return fileError(
      `old_string contains [REDACTED], which stands for a credential that is not shown; choose text without it in "${path}".`,
    );
  }
  const first = from
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '');
  const near = first === undefined ? -1 : text.split('\n').findIndex((line) => line.trim() === first);
  const hint =
    near >= 0
      ? ` Its first line is like line ${near + 1}, but white space or what follows differs.`
      : ' Nothing like its first line is there.';
  return fileError(`old_string does not occur in "${path}".${hint} Read the file and copy the text exactly.`);
}

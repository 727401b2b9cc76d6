import type { RE2JS } from 're2js';
import { fileError } from './file-error.js';
import { PATTERN_MAX_CHARS, PATTERN_MAX_INSTRUCTIONS } from './fs.limits.js';

const LITERAL = /^[^\\^$.|?*+()[\]{}]+$/;

export interface LinearRegex {
  /** Where the first match begins; -1 when there is none. */
  find(text: string): number;
  /** Work per character, in instructions of the compiled pattern; 0 for a literal. */
  readonly cost: number;
}

/**
 * Compiles for an engine whose time grows linearly with the text: models write patterns, and what they read may
 * tell them which. @throws ToolsError for patterns that it cannot do.
 */
export async function compileRegex(pattern: string, ignoreCase: boolean): Promise<LinearRegex> {
  if (pattern.length > PATTERN_MAX_CHARS)
    throw fileError(`The pattern is longer than ${PATTERN_MAX_CHARS} characters; use a shorter one.`);
  if (LITERAL.test(pattern) && !ignoreCase) return { find: (text) => text.indexOf(pattern), cost: 0 };
  const regex = await compile(pattern, ignoreCase);
  const cost = regex.programSize();
  if (cost > PATTERN_MAX_INSTRUCTIONS) throw fileError('The pattern repeats too much; use smaller counts.');
  return { find: (text) => find(regex, text), cost };
}

async function compile(pattern: string, ignoreCase: boolean): Promise<RE2JS> {
  const { RE2JS } = await import('re2js');
  try {
    return RE2JS.compile(pattern, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw fileError(
      `The pattern cannot be used: ${why}. RE2 syntax is supported (no lookaround, no back references).`,
      error,
    );
  }
}

/** `test` is many times faster than `find`, and most lines do not match. */
function find(regex: RE2JS, text: string): number {
  if (!regex.test(text)) return -1;
  const matcher = regex.matcher(text);
  return matcher.find() ? matcher.start() : -1;
}

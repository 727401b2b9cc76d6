import type { RE2JS } from 're2js';
import { fileError } from './file-error.js';
import { PATTERN_MAX_CHARS, PATTERN_MAX_INSTRUCTIONS } from './fs.limits.js';

/**
 * Compiles for an engine whose time grows linearly with the text: models write patterns, and what they read may
 * tell them which. @throws ToolsError for patterns that it cannot do.
 */
export async function compileRegex(pattern: string, ignoreCase: boolean): Promise<RE2JS> {
  const { RE2JS } = await import('re2js');
  if (pattern.length > PATTERN_MAX_CHARS)
    throw fileError(`The pattern is longer than ${PATTERN_MAX_CHARS} characters; use a shorter one.`);
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw fileError(
      `The pattern cannot be used: ${why}. RE2 syntax is supported (no lookaround, no back references).`,
      error,
    );
  }
  if (compiled.programSize() > PATTERN_MAX_INSTRUCTIONS)
    throw fileError('The pattern repeats too much; use smaller counts.');
  return compiled;
}

import type { ParsedCommand } from './command-entry.js';
import { type ShellGrammar, ShellReader } from './shell-reader.js';
import type { ShellReading } from './shell-reading.js';

/** Longer texts are for a file, not for a command line. */
export const COMMAND_MAX_CHARS = 32 * 1024;

/** Brackets that are open at one place. Deeper texts take a parser long, and are written by nobody. */
const BRACKETS_DEEP_MAX = 64;

/** Beside line breaks and tabs, nothing that a terminal or a log would hide. */
const HIDDEN = /[^\P{C}\n\t]/u;

let grammar: Promise<ShellGrammar> | undefined;

/** Reads what a shell would run for `text`. Never throws: what cannot be read is opaque. */
export async function readShell(text: string): Promise<ShellReading> {
  if (text.length > COMMAND_MAX_CHARS) return unread(`it is longer than ${COMMAND_MAX_CHARS} characters`);
  if (bracketDepth(text) > BRACKETS_DEEP_MAX) return unread('brackets in one another, too deep');
  grammar ??= import('unbash');
  const reading = attempt(await grammar, text);
  if (!HIDDEN.test(text)) return reading;
  return { ...reading, opaque: true, problem: 'control characters or characters that nobody sees' };
}

/** The same, as far as others need it. */
export async function parseCommand(text: string): Promise<ParsedCommand> {
  const { entries, opaque, problem } = await readShell(text);
  return { entries, opaque, ...(problem !== undefined && { problem }) };
}

function attempt(known: ShellGrammar, text: string): ShellReading {
  try {
    return new ShellReader(known).read(text);
  } catch {
    return unread('it could not be read');
  }
}

function unread(problem: string): ShellReading {
  return { entries: [], opaque: true, problem, found: [], selfFeeding: [], code: [] };
}

/** The most brackets that are open at one place. Those in quotes count: to ask once too often does no harm. */
function bracketDepth(text: string): number {
  let open = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === '(' || character === '{') open += 1;
    else if ((character === ')' || character === '}') && open > 0) open -= 1;
    deepest = Math.max(deepest, open);
  }
  return deepest;
}

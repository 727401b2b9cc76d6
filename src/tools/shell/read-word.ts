import type { Word, WordPart } from 'unbash';
import { canonicalQuote } from './canonical-quote.js';
import type { ShellWord } from './shell-reading.js';

/** A word, and why its meaning is not certain. */
export interface WordReading extends ShellWord {
  readonly problem?: string;
}

interface Piece {
  /** Present for literals, which are quoted together. */
  readonly literal?: string;
  readonly raw?: string;
  readonly problem?: string;
}

/** What must be behind a backslash or quotes to be part of a word. */
const NEVER_BARE = /[;&|<>()`"'\n\t ]/;
const ODD_CHARACTER = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;
const TILDE = /(?:^|[:=])~/;
/** `$(…)` and `${…}` that every shell takes in one way. */
const PORTABLE_OPERATIONS: ReadonlySet<string> = new Set(['Default', 'Remove']);
const ASSIGNING_OPERATORS: ReadonlySet<string> = new Set(['=', ':=']);

const OPAQUE_PARTS: Readonly<Record<string, string>> = {
  AnsiCQuoted: "$'…', which shells read differently",
  LocaleString: '$"…", which shells read differently',
  ArithmeticExpansion: 'arithmetic',
  ProcessSubstitution: 'a process substitution',
  ExtendedGlob: 'an extended pattern, which shells read differently',
  BraceExpansion: 'a brace expansion, which shells read differently',
};

/** Takes the quotes off a word. What is bare in it is checked once more, so that a slip of the parser is seen. */
export function readWord(word: Word): WordReading {
  const pieces = word.parts ? word.parts.flatMap(pieceOf) : bare(word.text, word.value);
  const problem = pieces.find((piece) => piece.problem !== undefined)?.problem;
  const value = pieces.map((piece) => piece.literal ?? piece.raw ?? '').join('');
  const dynamic = pieces.some((piece) => piece.raw !== undefined);
  return { value, text: textOf(pieces), dynamic, ...(problem !== undefined && { problem }) };
}

function pieceOf(part: WordPart): Piece[] {
  const problem = OPAQUE_PARTS[part.type];
  if (problem !== undefined) return [{ raw: part.text, problem }];
  switch (part.type) {
    case 'Literal':
      return bare(part.text, part.value);
    case 'SingleQuoted':
      return [{ literal: part.value }];
    case 'DoubleQuoted':
      return part.parts.flatMap((child) =>
        child.type === 'Literal' ? [{ literal: child.value }] : quoted(child),
      );
    default:
      return [expansion(part, part.text)];
  }
}

function quoted(part: WordPart): Piece[] {
  const problem = OPAQUE_PARTS[part.type];
  const raw = `"${part.text}"`;
  return problem === undefined ? [expansion(part, raw)] : [{ raw, problem }];
}

function expansion(part: WordPart, raw: string): Piece {
  if (part.type !== 'ParameterExpansion') return { raw };
  const { operation, prefix, index } = part;
  const portable = operation === undefined || PORTABLE_OPERATIONS.has(operation.type);
  const assigns = operation?.type === 'Default' && ASSIGNING_OPERATORS.has(operation.operator);
  if (portable && !assigns && prefix !== '!' && index === undefined) return { raw };
  return { raw, problem: 'an expansion that sets a variable or that shells read differently' };
}

/** A part without quotes around it. A tilde is replaced by the shell, unless a backslash is before it. */
function bare(text: string, value: string): Piece[] {
  const unread = NEVER_BARE.test(text.replaceAll('\\\n', '').replaceAll(/\\./gs, ''));
  if (unread || ODD_CHARACTER.test(text.replaceAll('\\\n', ''))) {
    return [{ literal: value, problem: 'a character that is not expected outside of quotes' }];
  }
  return [TILDE.test(text) ? { raw: text } : { literal: value }];
}

/** Neighbouring literals become one, so that `a"b"` and `ab` are the same text. */
function textOf(pieces: readonly Piece[]): string {
  let text = '';
  let literal: string | undefined;
  for (const piece of pieces) {
    if (piece.raw === undefined) {
      literal = (literal ?? '') + (piece.literal ?? '');
      continue;
    }
    if (literal) text += canonicalQuote(literal);
    literal = undefined;
    text += piece.raw;
  }
  if (literal === undefined) return text;
  return literal === '' && text !== '' ? text : text + canonicalQuote(literal);
}

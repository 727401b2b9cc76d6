/**
 * Phrases by which a message tries to speak as the system. Matched on folded text (see `fold-text.ts`): lower
 * case, one space for any white space. Every quantifier is bounded, so matching is linear in the text.
 */
const FOLDED_PATTERNS = {
  ignore_instructions:
    /\bignore (?:all )?(?:of )?(?:the |your |my |these |those )?(?:previous|prior|above|earlier|preceding) (?:system )?(?:instruction|rule|prompt|directive|guideline)s?\b/,
  role_override:
    /\b(?:you are now|from now on,? you(?: are|'re)|pretend (?:that )?you(?: are|'re)|act as if you (?:are|were)|imagine (?:that )?you(?: are|'re))\b/,
  system_tags: /< ?\/? ?system ?>|\[ ?\/? ?(?:system|inst) ?\]|<< ?\/? ?sys ?>>|<\|im_start\|> ?system\b/,
  instruction_injection: /\bnew instructions? ?:|\boverride ?:|\bsystem prompt ?:|<\| ?system ?\|>/,
  delimiter_escape:
    /\bend of system\b|\bbegin user input\b|< ?\/? ?(?:instructions?|rules|prompt|context) ?>/,
} as const satisfies Readonly<Record<string, RegExp>>;

/** Names of the patterns, as logs, traces and errors show them, in the order of reports. */
export const INJECTION_PATTERNS = [
  'ignore_instructions',
  'role_override',
  'system_tags',
  'instruction_injection',
  'null_bytes',
  'delimiter_escape',
] as const;

export type InjectionPattern = (typeof INJECTION_PATTERNS)[number];

/** `raw` is the message as it came, `folded` its folded form. */
export function matchesPattern(name: InjectionPattern, raw: string, folded: string): boolean {
  return name === 'null_bytes' ? raw.includes('\0') : FOLDED_PATTERNS[name].test(folded);
}

import { foldText } from './fold-text.js';
import { INJECTION_PATTERNS, matchesPattern, type InjectionPattern } from './injection-patterns.js';

/** What to do with a message that looks like a prompt injection: `gateway.injection_action`. */
export const INJECTION_ACTIONS = ['log', 'warn', 'block', 'off'] as const;
export type InjectionAction = (typeof INJECTION_ACTIONS)[number];

/** What the guard found in a message, and what is to be done about it. */
export interface GuardVerdict {
  readonly patterns: readonly InjectionPattern[];
  /** The message must not reach a model. */
  readonly blocked: boolean;
  /** The level at which the finding is logged; absent when there is nothing to log. */
  readonly logLevel?: 'info' | 'warn';
}

/** Names of the injection patterns that a message contains. Linear in its length. */
export function scanInput(text: string): readonly InjectionPattern[] {
  const folded = foldText(text);
  return INJECTION_PATTERNS.filter((name) => matchesPattern(name, text, folded));
}

/** Scans a message (unless the guard is `off`) and decides. */
export function guardInput(text: string, action: InjectionAction): GuardVerdict {
  const patterns = action === 'off' ? [] : scanInput(text);
  if (patterns.length === 0) return { patterns, blocked: false };
  return { patterns, blocked: action === 'block', logLevel: action === 'log' ? 'info' : 'warn' };
}

/** The error text of a run whose message was blocked. */
export function blockedInputText(patterns: readonly InjectionPattern[]): string {
  return (
    `The message was blocked because it looks like a prompt injection (${patterns.join(', ')}). ` +
    'Rephrase it, or ask an administrator to change gateway.injection_action.'
  );
}

import type { CommandEntry, ParsedCommand } from '../shell/command-entry.js';
import type { ExecApprovalSettings } from './exec-approval.config.js';
import { isLiteral, matchesGlob } from './matches-glob.js';
import { isSafe, type Readable } from './safe-commands.js';

const ENTRY_SHOWN_MAX_CHARS = 200;
const MISSED_SHOWN_MAX = 5;

/** What the configuration says of a command. `missed`: allowed only when it was allowed for good. */
export type CommandRule =
  | { readonly kind: 'allow' }
  | { readonly kind: 'missed'; readonly otherwise: 'ask' | 'deny'; readonly reason: string }
  | { readonly kind: 'ask'; readonly reason: string }
  | { readonly kind: 'deny' };

type Terms = Readonly<Pick<ExecApprovalSettings, 'security' | 'ask' | 'allowlist'>>;

/** Looks at every command of a text: one that is not covered makes all of it uncovered. */
export function ruleOf(
  { security, ask, allowlist }: Terms,
  parsed: ParsedCommand,
  readable: Readable,
): CommandRule {
  if (security === 'deny') return { kind: 'deny' };
  if (ask === 'always') return { kind: 'ask', reason: 'Every command is asked for.' };
  if (security === 'full' && ask === 'off') return { kind: 'allow' };
  const isCovered = (entry: CommandEntry): boolean =>
    isListed(allowlist, entry) || (security === 'full' && isSafe(entry, readable));
  const otherwise = ask === 'on-miss' ? 'ask' : 'deny';
  if (parsed.opaque) {
    const why = parsed.problem ?? 'what it would run is not known before it does';
    const reason = `It cannot be looked through: ${why}.`;
    return otherwise === 'ask' ? { kind: 'ask', reason } : { kind: 'missed', otherwise, reason };
  }
  const missed = parsed.entries.filter((entry) => !isCovered(entry));
  if (missed.length === 0 && parsed.entries.length > 0) return { kind: 'allow' };
  return { kind: 'missed', otherwise, reason: `Not listed: ${shownOf(missed)}` };
}

/** Who decides must not take the others for listed because the first one alone is named. */
function shownOf(missed: readonly CommandEntry[]): string {
  if (missed.length === 0) return 'a text without a command';
  const named = missed.slice(0, MISSED_SHOWN_MAX).map(({ text }) => text.slice(0, ENTRY_SHOWN_MAX_CHARS));
  const more = missed.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(' · ');
}

/**
 * A pattern without a blank names programs: it covers their plain commands, as they are written, unless an argument is
 * code for somebody else. One with a blank is compared with the whole command; wildcards stand for arguments alone.
 */
function isListed(allowlist: readonly string[], entry: CommandEntry): boolean {
  const isOrdinary = entry.plain && !entry.carriesCode;
  return allowlist.some((pattern) => {
    if (!/\s/.test(pattern)) return isOrdinary && matchesGlob(pattern, entry.path);
    if (entry.dynamic) return false;
    return isLiteral(pattern) ? pattern === entry.text : isOrdinary && matchesGlob(pattern, entry.text);
  });
}

/**
 * What "always" is bound to: this command and no other. A single plain command in its canonical form, anything else as
 * it is written: with the same parts in another order, or other words in a loop, it would be another one.
 */
export function allowanceOf(command: string, { entries, opaque }: ParsedCommand): string | undefined {
  const [entry, ...others] = entries;
  if (opaque || !entry) return undefined;
  const isSimple = others.length === 0 && entry.plain && !entry.dynamic;
  return isSimple ? entry.text : command.trim();
}

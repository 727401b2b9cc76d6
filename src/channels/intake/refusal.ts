import { AgentError } from '#agent';
import { AppError } from '#kernel';
import { ErrorCode } from '#protocol';
import type { PendingMessage } from '#store';

const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 60_000;

/** A message that could not be accepted for so long is given up. */
const AGE_MAX_MS = 24 * 3_600_000;

/** A failure that nobody foresaw is tried again this often. */
const UNFORESEEN_ATTEMPTS_MAX = 5;

const PASSING: ReadonlySet<ErrorCode> = new Set([ErrorCode.RESOURCE_EXHAUSTED, ErrorCode.UNAVAILABLE]);

/** What becomes of a message that could not be accepted: another try after a pause, or a word to its writer. */
export type Refusal = { readonly retryAfterMs: number } | { readonly reason: string; readonly reply: string };

export function refusalOf(error: unknown, { attempts, ageMs }: PendingMessage): Refusal {
  const passes = error instanceof AppError && PASSING.has(error.code);
  const foreseen = error instanceof AppError && error.code !== ErrorCode.INTERNAL;
  const again = ageMs < AGE_MAX_MS && (passes || (!foreseen && attempts + 1 < UNFORESEEN_ATTEMPTS_MAX));
  if (!again) return { reason: String(error), reply: `⚠️ ${textFor(error)}` };
  const backOff = Math.min(RETRY_MIN_MS * 2 ** Math.min(attempts, 10), RETRY_MAX_MS);
  return {
    retryAfterMs:
      passes && error.retryAfterMs !== undefined ? Math.max(error.retryAfterMs, backOff) : backOff,
  };
}

/** For people: what they can do about it. */
function textFor(error: unknown): string {
  if (error instanceof AgentError && error.reason === 'message-empty')
    return 'Only text can be read here so far.';
  if (error instanceof AgentError && error.reason === 'message-blocked')
    return 'This message was not accepted. Please put it in other words.';
  if (error instanceof AppError && error.code === ErrorCode.NOT_FOUND)
    return 'This assistant is not there any more.';
  return 'This assistant cannot answer at the moment. Please tell whoever runs it.';
}

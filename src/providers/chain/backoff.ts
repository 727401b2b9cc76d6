import type { LlmError } from '#contracts';

export const MAX_ATTEMPTS = 3;
const FIRST_DELAY_MS = 300;
export const MAX_DELAY_MS = 30_000;
const JITTER = 0.1;

/**
 * Milliseconds before the attempt after `attempt` (1 for the first); `undefined` when the target is not worth
 * another one: attempts are used up, the failure will not pass, or the vendor asks for more than the cap.
 * `random` gives numbers from 0 to 1.
 */
export function delayBefore(attempt: number, error: LlmError, random: () => number): number | undefined {
  if (!error.retryable || attempt >= MAX_ATTEMPTS) return undefined;
  const asked = error.retryAfterMs ?? 0;
  if (asked > MAX_DELAY_MS) return undefined;
  const delay = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
  const jittered = delay * (1 - JITTER + 2 * JITTER * random());
  // Never earlier than asked.
  return Math.max(jittered, asked);
}

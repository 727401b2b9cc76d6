import { type Channel, ChannelError } from '#contracts';
import type { ClaimedMessage, DeliveryEnd, RetryTerms } from '#store';

/** What became of one attempt. */
export type DeliveryOutcome =
  | { readonly kind: 'sent'; readonly receipt?: string }
  | {
      readonly kind: ChannelError['kind'];
      readonly error: string;
      readonly retryAfterMs?: number | undefined;
    };

/** Attempts at one message, and the time that they may take. */
const ATTEMPTS_MAX = 10;
const AGE_MAX_MS = 24 * 3_600_000;

const RETRY_MIN_MS = 2_000;
/** Longest pause, whatever a platform asks for. */
const RETRY_MAX_MS = 3_600_000;

/** Whatever a channel throws that is no {@link ChannelError} leaves open what became of the message. */
export function failedOutcome(error: unknown): DeliveryOutcome {
  if (!(error instanceof ChannelError)) return { kind: 'unknown', error: String(error) };
  return { kind: error.kind, error: error.message, retryAfterMs: error.retryAfterMs };
}

/**
 * What is written of an attempt. Where nobody knows whether a message arrived, it is sent again only to a platform
 * that will not show it twice: a reply that comes twice is worse than one that somebody has to ask for.
 */
export function verdictOf(
  outcome: DeliveryOutcome,
  { attempts }: Pick<ClaimedMessage, 'attempts'>,
  { idempotent }: Channel['delivery'],
): DeliveryEnd | RetryTerms {
  switch (outcome.kind) {
    case 'sent':
      return { state: 'sent', ...(outcome.receipt !== undefined && { receipt: outcome.receipt }) };
    case 'rejected':
      return { state: 'failed', error: outcome.error };
    case 'unknown':
      return idempotent ? retry(outcome, attempts, 'unknown') : { state: 'unknown', error: outcome.error };
    case 'retry':
      return retry(outcome, attempts, 'failed');
  }
}

function retry(
  { error, retryAfterMs }: { readonly error: string; readonly retryAfterMs?: number | undefined },
  attempts: number,
  endState: RetryTerms['endState'],
): RetryTerms {
  const backOff = RETRY_MIN_MS * 2 ** (attempts - 1);
  const delayMs = Math.min(retryAfterMs ?? backOff, RETRY_MAX_MS);
  return { error, delayMs, attemptsMax: ATTEMPTS_MAX, ageMaxMs: AGE_MAX_MS, endState };
}

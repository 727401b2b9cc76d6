import { LRUCache } from 'lru-cache';
import type { LlmError, LlmErrorKind } from '#contracts';
import type { Clock } from '#kernel';

/** Whether a target may be called. A refused one says why and until when. */
export type Admission =
  | { readonly admitted: true }
  | { readonly admitted: false; readonly cause: LlmError; readonly retryAfterMs: number };

interface Circuit {
  /** Rounds of failure without a success between them. */
  rounds: number;
  cause: LlmError;
  /** Monotonic milliseconds until which nobody may call. */
  openUntil: number;
  /** A probe is under way; it is given up when it takes longer than this (monotonic milliseconds). */
  probeUntil: number;
}

const MAX_CIRCUITS = 1_000;

/** First cooldown by kind; it doubles with every further round. */
const FIRST_COOLDOWN_MS: Partial<Record<LlmErrorKind, number>> = {
  authentication: 60_000,
  billing: 60_000,
  'model-not-found': 60_000,
  'rate-limited': 10_000,
};
const FIRST_COOLDOWN_DEFAULT_MS = 5_000;
const MAX_COOLDOWN_MS = 5 * 60_000;
/** What a vendor asks for is believed up to here. */
const MAX_RETRY_AFTER_MS = 60 * 60_000;
/** As long as a probe has not said anything, others wait this long before they may probe too. */
const PROBE_LIMIT_MS = 30_000;
/** Others are told to come back after this while a probe is under way. */
const PROBE_RETRY_MS = 1_000;

/**
 * A circuit breaker for each (provider, key, model): closed until a call has failed for good, then open for its
 * cooldown, then half-open: one call probes, its outcome closes or opens it again.
 */
export class Cooldowns {
  private readonly circuits = new LRUCache<string, Circuit>({ max: MAX_CIRCUITS });

  constructor(private readonly clock: Clock) {}

  admit(key: string): Admission {
    const circuit = this.circuits.get(key);
    if (!circuit) return { admitted: true };
    const now = this.clock.monotonic();
    if (now < circuit.openUntil)
      return { admitted: false, cause: circuit.cause, retryAfterMs: circuit.openUntil - now };
    if (now < circuit.probeUntil)
      return { admitted: false, cause: circuit.cause, retryAfterMs: PROBE_RETRY_MS };
    circuit.probeUntil = now + PROBE_LIMIT_MS;
    return { admitted: true };
  }

  /** The target works: as soon as it says anything. */
  succeeded(key: string): void {
    this.circuits.delete(key);
  }

  /** A call has failed for good. */
  failed(key: string, error: LlmError): void {
    const now = this.clock.monotonic();
    const known = this.circuits.get(key);
    // Calls that were under way when the circuit opened are the same round.
    const sameRound = known !== undefined && now < known.openUntil;
    const rounds = (known?.rounds ?? 0) + (sameRound ? 0 : 1);
    const own = Math.min(MAX_COOLDOWN_MS, firstCooldown(error) * 2 ** (rounds - 1));
    const asked = Math.min(MAX_RETRY_AFTER_MS, error.retryAfterMs ?? 0);
    const openUntil = Math.max(known?.openUntil ?? 0, now + Math.max(own, asked));
    this.circuits.set(key, { rounds, cause: error, openUntil, probeUntil: 0 });
  }

  /** A call ended without telling whether the target works: another one may probe. */
  released(key: string): void {
    const circuit = this.circuits.get(key);
    if (circuit) circuit.probeUntil = 0;
  }
}

function firstCooldown(error: LlmError): number {
  return FIRST_COOLDOWN_MS[error.kind] ?? FIRST_COOLDOWN_DEFAULT_MS;
}

import type { Role, Scope } from '#contracts';
import type { ApiKeyState, PairedDeviceRow } from '#store';

/** What proves a credential. */
export interface KnownSecret {
  /** SHA-256, in hex digits. */
  readonly hash: string;
  /** Monotonic time at which it stops working; absent: when the credential does. */
  readonly until?: number;
}

/** An API key or a paired device, as far as its callers are concerned. */
export interface KnownCredential {
  readonly kind: 'api-key' | 'paired-browser';
  readonly id: string;
  readonly role: Role;
  readonly scopes: readonly Scope[];
  readonly userId?: string;
  readonly tenant?: string;
  readonly rateLimitRpm?: number;
  readonly secrets: readonly KnownSecret[];
  /** Monotonic time at which it expires. */
  readonly until?: number;
  readonly isRevoked: boolean;
}

/** What a person at a paired device may do: their own work. Nobody is let in by it, nothing is administered. */
export const DEVICE_SCOPES: readonly Scope[] = Object.freeze([
  'operator.read',
  'operator.write',
  'operator.approvals',
]);

/** `now`: monotonic. */
export function ofApiKey(state: ApiKeyState, now: number): KnownCredential {
  const { id, role, scopes, user_id: userId, tenant, rate_limit_rpm: rateLimitRpm } = state;
  const { previous_hash: previous, previous_in_ms: previousIn } = state;
  return Object.freeze({
    kind: 'api-key',
    id,
    role,
    scopes: Object.freeze([...scopes]),
    ...(userId !== null && { userId }),
    ...(tenant !== null && { tenant }),
    ...(rateLimitRpm !== null && { rateLimitRpm }),
    secrets: [
      { hash: state.key_hash },
      ...(previous !== null && previousIn !== null ? [{ hash: previous, until: now + previousIn }] : []),
    ],
    ...(state.expires_in_ms !== null && { until: now + state.expires_in_ms }),
    isRevoked: state.revoked,
  });
}

/** A device without a secret proves itself through its chat platform: it cannot connect as a browser. */
export function ofDevice(device: PairedDeviceRow): KnownCredential {
  const { id, user_id: userId, sender_secret_hash: hash } = device;
  return Object.freeze({
    kind: 'paired-browser',
    id,
    role: 'operator',
    scopes: DEVICE_SCOPES,
    ...(userId !== null && { userId }),
    secrets: hash === null ? [] : [{ hash }],
    isRevoked: false,
  });
}

import type { ApiKeyRow, KeyStatus } from '#store';

/** A key as it is shown: without its hashes; what is unset is absent, times are RFC 3339. */
export function toApiKey(row: ApiKeyRow, now: number): object {
  const { key_hash: _hash, previous_hash: _previous, ...shown } = row;
  const known = Object.entries(shown).filter(([, value]) => value !== null);
  return {
    ...Object.fromEntries(
      known.map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]),
    ),
    status: statusOf(row, now),
  };
}

function statusOf({ revoked_at: revokedAt, expires_at: expiresAt }: ApiKeyRow, now: number): KeyStatus {
  if (revokedAt) return 'revoked';
  return expiresAt && expiresAt.getTime() <= now ? 'expired' : 'active';
}

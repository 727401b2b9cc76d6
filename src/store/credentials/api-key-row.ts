import type { Role, Scope } from '#contracts';
import type { RecordRow } from '../records/record-table.js';

/** A key with which a program or a person calls. The key itself is not kept, only its SHA-256. */
export interface ApiKeyRow extends RecordRow {
  readonly name: string;
  /** The beginning of the key, by which people know it. */
  readonly key_prefix: string;
  readonly key_hash: string;
  /** Of the key before the last rotation, as long as it still works. */
  readonly previous_hash: string | null;
  readonly previous_valid_until: Date | null;
  readonly role: Role;
  readonly scopes: readonly Scope[];
  /** Whose key it is: it acts for nobody else. */
  readonly user_id: string | null;
  /** It acts for all users of this tenant, and for nobody else. */
  readonly tenant: string | null;
  readonly rate_limit_rpm: number | null;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly revoked_by: string | null;
  readonly last_used_at: Date | null;
  readonly last_used_from: string | null;
  readonly created_by: string;
}

/** What a key may do at this moment. Durations are by the database's clock: those of gateways may differ. */
export interface ApiKeyState {
  readonly id: string;
  readonly key_hash: string;
  readonly previous_hash: string | null;
  readonly previous_in_ms: number | null;
  readonly role: Role;
  readonly scopes: readonly Scope[];
  readonly user_id: string | null;
  readonly tenant: string | null;
  readonly rate_limit_rpm: number | null;
  readonly revoked: boolean;
  /** Until it expires; `null`: never. */
  readonly expires_in_ms: number | null;
}

/** When and from where a key was used last. */
export interface KeyUse {
  readonly id: string;
  /** Milliseconds since. */
  readonly agoMs: number;
  readonly from: string | undefined;
}

export const KEY_STATUSES = ['active', 'expired', 'revoked'] as const;
export type KeyStatus = (typeof KEY_STATUSES)[number];

export interface ApiKeyFilter {
  readonly role?: string;
  readonly userId?: string;
  readonly tenant?: string;
  readonly status?: KeyStatus;
}

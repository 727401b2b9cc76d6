/** What a caller may do, in rising order: none < viewer < operator < admin. */
export const ROLES = ['none', 'viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const SCOPES = [
  'operator.admin',
  'operator.read',
  'operator.write',
  'operator.approvals',
  'operator.pairing',
] as const;
export type Scope = (typeof SCOPES)[number];

/** How the caller proved who it is. `channel`: a chat platform says so. `system`: the gateway itself (recovery, schedules). */
export interface Credential {
  readonly kind: 'gateway-token' | 'api-key' | 'paired-browser' | 'channel' | 'anonymous' | 'system';
  readonly id?: string;
}

/** On whose authority something happens. Immutable, handed on explicitly. */
export interface Caller {
  /** Opaque, ≤ 255 bytes. `local` in standalone mode, empty for anonymous callers. */
  readonly userId: string;
  readonly role: Role;
  readonly scopes: readonly Scope[];
  readonly credential: Credential;
  /** Taken from `tenant.{t}.user.{u}` ids. */
  readonly tenant?: string;
  /** Who spoke, where the owner is a group: `<channel>:<sender id>`. */
  readonly sender?: string;
  /** Network address of the client. */
  readonly address?: string;
  /** Id of the request that it came with; the audit log names it. */
  readonly requestId?: string;
}

import { type Role, type Scope, SCOPES } from '#contracts';
import { requireUserId, tenantOf } from '../identity/user-id.js';
import { RecordError } from '../records/record.errors.js';

/** Roles that a key may have. */
export const KEY_ROLES = ['viewer', 'operator', 'admin'] as const satisfies readonly Role[];
export type KeyRole = (typeof KEY_ROLES)[number];

const ROLE_SCOPES: Record<KeyRole, readonly Scope[]> = {
  viewer: ['operator.read'],
  operator: ['operator.read', 'operator.write', 'operator.approvals', 'operator.pairing'],
  admin: SCOPES,
};

/** For whom a key acts. */
export interface KeyBinding {
  readonly user_id?: string | undefined;
  readonly tenant?: string | undefined;
}

/** The scopes of a key: those that are asked for, or all of its role. @throws RecordError beyond the role */
export function scopesOf(role: KeyRole, asked: readonly Scope[] | undefined): Scope[] {
  if (asked === undefined) return [...ROLE_SCOPES[role]];
  const beyond = asked.find((scope) => !ROLE_SCOPES[role].includes(scope));
  if (beyond === undefined) return [...new Set(asked)];
  throw new RecordError('invalid', `The role ${role} cannot have the scope ${beyond}.`, { param: 'scopes' });
}

/** Every key that is not an admin's acts for one user or one tenant. @throws RecordError */
export function requireBinding(role: KeyRole, { user_id: userId, tenant }: KeyBinding): void {
  if (userId !== undefined && tenant !== undefined)
    throw new RecordError('invalid', 'A key is bound to a user or to a tenant, not to both.', {
      param: 'tenant',
    });
  if (userId !== undefined) requireBoundUser(userId);
  if (tenant === undefined) {
    if (userId !== undefined || role === 'admin') return;
    throw new RecordError(
      'invalid',
      `A key with the role ${role} must be bound: give user_id, or tenant for all users of one.`,
      { param: 'user_id' },
    );
  }
  if (role === 'admin')
    throw new RecordError(
      'invalid',
      'An admin key administers the whole gateway and cannot be bound to a tenant. Give it the role operator.',
      { param: 'tenant' },
    );
  if (tenantOf(`tenant.${tenant}.user.x`) !== tenant || /[\p{Cc}\p{Cs}]/u.test(tenant))
    throw new RecordError(
      'invalid',
      'tenant must be the name of a tenant: without dots and control characters.',
      { param: 'tenant' },
    );
}

function requireBoundUser(userId: string): void {
  try {
    requireUserId(userId);
  } catch (error) {
    throw new RecordError('invalid', error instanceof Error ? error.message : 'user_id is invalid.', {
      param: 'user_id',
    });
  }
}

/** @throws RecordError for a time that is over: such a key would never work. */
export function requireFuture(expiresAt: Date | null | undefined, now: number): void {
  if (expiresAt && expiresAt.getTime() <= now)
    throw new RecordError('invalid', 'expires_at must be in the future.', { param: 'expires_at' });
}

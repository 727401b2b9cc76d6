import { SetMetadata } from '@nestjs/common';
import type { Role, Scope } from '#contracts';
import type { Mode } from '#store';

/**
 * Whose objects a handler touches; the service behind it enforces the rule, and what is not the caller's is not found.
 * `own`: the caller's own, an admin's also those of others where the handler says so. `agent-use`: agents that the
 * caller may use. `agent-edit`: agents that the caller owns or edits; an admin, all.
 */
export type Ownership = 'own' | 'agent-use' | 'agent-edit';

/** Who may call a route or an RPC method. */
export interface AccessRule {
  readonly role: Role;
  /** Needed besides the role; `operator.admin` stands for every scope. */
  readonly scope?: Scope;
  /** Absent: nobody's in particular. */
  readonly ownership?: Ownership;
  /** Exists in this mode only; elsewhere it is not found. */
  readonly mode?: Mode;
}

export const ACCESS_RULE = 'goclaw:access-rule';

/** The scope that a role's work needs by default. */
const DEFAULT_SCOPE: Record<Role, Scope | undefined> = {
  none: undefined,
  viewer: 'operator.read',
  operator: 'operator.write',
  admin: 'operator.admin',
};

/**
 * Says who may call a handler. What carries no rule is denied to everybody. The documentation of routes is made of the
 * same rules.
 */
export function Access(role: Role, options: Omit<Partial<AccessRule>, 'role'> = {}): MethodDecorator {
  const scope = options.scope ?? DEFAULT_SCOPE[role];
  const rule: AccessRule = Object.freeze({ role, ...options, ...(scope && { scope }) });
  return SetMetadata(ACCESS_RULE, rule);
}

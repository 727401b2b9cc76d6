import type { Caller } from '#contracts';

/** A caller as an authenticated request would make it. */
export function callerOf(userId: string, role: Caller['role'] = 'operator'): Caller {
  return { userId, role, scopes: [], credential: { kind: 'gateway-token' } };
}

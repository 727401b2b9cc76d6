import type { Caller } from '#contracts';

/** Who acts when somebody with a shell on the gateway's machine runs a command: the audit log names it. */
export const OPERATOR_CALLER: Caller = {
  userId: 'system',
  role: 'admin',
  scopes: ['operator.admin'],
  credential: { kind: 'system', id: 'cli' },
};

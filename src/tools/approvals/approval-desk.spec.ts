import { describe, expect, it } from 'vitest';
import type { Changes } from '#permissions';
import type { ApprovalRow, ApprovalStore, ExecAllowanceRow, ExecAllowanceStore } from '#store';
import { callerOf } from '../../../test/support/callers.js';
import { ApprovalDesk } from './approval-desk.js';

const SECRET = 'abcdefgh12345678';
const COMMAND = `curl -H 'Authorization: Bearer ${SECRET}' x`;

/** The desk over a command that waits, and what it writes into the audit log. */
function desk() {
  const audited: unknown[] = [];
  const row = { id: 'a-1', command: COMMAND, allowance: COMMAND } as ApprovalRow;
  const approvals = { visible: () => Promise.resolve(row), decide: () => Promise.resolve(true) };
  const allowances = {
    add: () => Promise.resolve('added'),
    remove: () => Promise.resolve({ entry: COMMAND } as ExecAllowanceRow),
  };
  const commit = async (_caller: unknown, change: (tx: unknown) => Promise<{ result: unknown }>) => {
    const { result, ...entry } = await change({});
    audited.push(entry);
    return result;
  };
  const made = new ApprovalDesk(
    approvals as unknown as ApprovalStore,
    allowances as unknown as ExecAllowanceStore,
    { commit } as unknown as Changes,
  );
  return { desk: made, audited };
}

describe('the audit log of decisions about commands', () => {
  it('has what was decided about which command, without what looks like a credential in it', async () => {
    const { desk: made, audited } = desk();
    await made.decide(callerOf('ann'), 'a-1', 'allow-always');
    await made.revoke(callerOf('ann'), 'w-1');
    expect(audited).toMatchObject([
      {
        action: 'approval.approve',
        details: { decision: 'allow-always', command: expect.stringContaining('curl') },
      },
      { action: 'exec_allowance.revoke', before: { entry: expect.stringContaining('curl') } },
    ]);
    expect(JSON.stringify(audited)).not.toContain(SECRET);
  });
});

import { describe, expect, it } from 'vitest';
import { refusalOf } from './refusals.js';

const ROW = { created_at: new Date(1_000), expires_at: new Date(121_000), allowance: 'ls' };

describe('what a model is told of a command that was not started', () => {
  it('names what would help: a list only where the command can be on one', () => {
    const listed = refusalOf({ ...ROW, state: 'unreachable' });
    expect(listed).toMatch(
      /the scope operator\.approvals, or that an admin can list it in tools\.execApproval\.allowlist\.$/,
    );
    expect(refusalOf({ ...ROW, state: 'unreachable', allowance: null })).toMatch(
      /the scope operator\.approvals\.$/,
    );
  });

  it('says who did not want it, or how long nobody said anything', () => {
    expect(refusalOf({ ...ROW, state: 'denied' })).toContain('A person denied this command');
    expect(refusalOf({ ...ROW, state: 'expired' })).toContain('nobody approved it within 120 s');
    expect(refusalOf({ ...ROW, state: 'withdrawn' })).toContain('the call ended');
  });
});

import { describe, expect, it } from 'vitest';
import type { SandboxScope, SandboxTerms, WorkspaceAccess } from '#contracts';
import { SandboxConfig } from './sandbox.config.js';
import { sandboxKey } from './sandbox-key.js';
import type { SandboxOwner } from './sandbox-owner.js';
import { sandboxTermsOf } from './sandbox-terms.js';

const ADA: SandboxOwner = { userId: 'ada', agentId: 'agent', sessionKey: 'session' };

function key(
  scope: SandboxScope,
  owner: Partial<typeof ADA> = {},
  workspaceRoot = '/ws',
  workspaceAccess: WorkspaceAccess = 'rw',
  changes: Partial<SandboxTerms> = {},
): string {
  const terms = sandboxTermsOf(Object.assign(new SandboxConfig(), { mode: 'all' }), undefined, false);
  if (!terms) throw new Error('There is no sandbox.');
  return sandboxKey({ ...terms, scope, workspaceAccess, ...changes }, { ...ADA, ...owner }, workspaceRoot);
}

describe('the key of a sandbox', () => {
  it('is never the same for two users, in any scope', () => {
    for (const scope of ['session', 'agent', 'shared'] as const)
      expect(key(scope)).not.toBe(key(scope, { userId: 'bob' }));
  });

  it('cannot be made equal by ids that contain each other', () => {
    const one = key('session', { userId: 'a', agentId: 'b,c' });
    expect(one).not.toBe(key('session', { userId: 'a,b', agentId: 'c' }));
  });

  it('is the same for what the scope says', () => {
    expect(key('session')).not.toBe(key('session', { sessionKey: 'other' }));
    expect(key('agent')).toBe(key('agent', { sessionKey: 'other' }));
    expect(key('agent')).not.toBe(key('agent', { agentId: 'other' }));
    expect(key('shared')).toBe(key('shared', { agentId: 'other', sessionKey: 'other' }));
  });

  it('is another one for a tool that has variables of its own', () => {
    for (const scope of ['session', 'agent', 'shared'] as const) {
      expect(key(scope)).not.toBe(key(scope, { onlyTool: 'deploy' }));
      expect(key(scope, { onlyTool: 'mail' })).not.toBe(key(scope, { onlyTool: 'deploy' }));
    }
  });

  it('is another one for other terms: nobody stays in a looser container than he is to have', () => {
    const changed = (changes: Partial<SandboxTerms>): string => key('shared', {}, '/ws', 'rw', changes);
    for (const changes of [{ networkEnabled: true }, { memoryMb: 64 }, { env: { A: 'b' } }, { user: '1' }])
      expect(changed(changes)).not.toBe(changed({}));
    expect(changed({ memoryMb: 512 })).toBe(changed({}));
  });

  it('is another one for another directory, where that is seen', () => {
    expect(key('shared', {}, '/ws')).not.toBe(key('shared', {}, '/other'));
    expect(key('shared', {}, '/ws', 'none')).toBe(key('shared', {}, '/other', 'none'));
  });
});

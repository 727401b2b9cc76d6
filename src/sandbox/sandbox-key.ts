import type { SandboxTerms } from '#contracts';
import { createHash } from 'node:crypto';
import type { SandboxOwner } from './sandbox-owner.js';

/**
 * What two calls must have in common to share a sandbox: the user always, then what the scope says, the terms, and the
 * directory that is mounted (so `shared` is one sandbox only for agents that have one workspace, or see none).
 */
export function sandboxKey(terms: SandboxTerms, owner: SandboxOwner, directory: string): string {
  const { scope, workspaceAccess } = terms;
  const parts = [
    owner.userId,
    scope === 'shared' ? null : owner.agentId,
    scope === 'session' ? owner.sessionKey : null,
    workspaceAccess === 'none' ? null : directory,
    owner.onlyTool ?? null,
    Object.entries(terms).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ContextAgent } from '#bootstrap';
import { expandPath } from '#config';
import type { AgentEntity } from '#store';
import { DEFAULT_AGENT } from '../access/agent-access.js';

const SLUG_MAX_CHARS = 40;
const HASH_CHARS = 16;

/**
 * Directory of one user below an agent's workspace: readable, and different for any two ids, also on file systems
 * that fold case.
 */
export function userWorkspace(agentWorkspace: string, userId: string): string {
  const slug = userId
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_MAX_CHARS);
  const hash = createHash('sha256').update(userId).digest('hex').slice(0, HASH_CHARS);
  return join(agentWorkspace, 'users', `${slug}-${hash}`);
}

/** An agent's directory: its own below the root of all, or the one that was chosen for it. */
export function agentDirectory(
  workspaceRoot: string,
  { agent_key: key, workspace }: Pick<AgentEntity, 'agent_key' | 'workspace'>,
): string {
  const base = expandPath(workspaceRoot);
  if (workspace === '') return key === DEFAULT_AGENT ? base : join(base, 'agents', key);
  return isAbsolutePath(workspace) ? expandPath(workspace) : join(base, workspace);
}

/** `~` is the home directory of whoever runs the gateway. */
export function isAbsolutePath(path: string): boolean {
  return path.startsWith('/') || path === '~' || path.startsWith('~/');
}

/** The agent as its context files know it. */
export function contextAgentOf(
  { id, agent_key: key, agent_type: type }: Pick<AgentEntity, 'id' | 'agent_key' | 'agent_type'>,
  workspace: string,
): ContextAgent {
  return { id, key, type: type === 'predefined' ? type : 'open', workspace };
}

import type { Caller } from '#contracts';
import type { AgentEntity } from '#store';

/** The owner of agents that belong to the gateway: everybody may use them. */
export const SYSTEM_OWNER = 'system';

/** What somebody can be to an agent, in falling order. `editor` and `user` may come by a share. */
export const AGENT_LEVELS = ['owner', 'editor', 'user'] as const;
export type AgentLevel = (typeof AGENT_LEVELS)[number];

/** The roles that a share gives. */
export const SHARE_ROLES = ['user', 'editor'] as const;
export type ShareRole = (typeof SHARE_ROLES)[number];

type Rights = Pick<AgentEntity, 'is_default' | 'owner_id'>;

/** Whether everybody may use the agent. */
export function isForAll({ is_default, owner_id }: Rights): boolean {
  return is_default || owner_id === SYSTEM_OWNER;
}

export function isOwner(caller: Pick<Caller, 'userId'>, { owner_id }: Rights): boolean {
  return owner_id === caller.userId && owner_id !== SYSTEM_OWNER;
}

/** What a caller is to an agent, with the role of its share, if there is one. */
export function levelOf(
  caller: Pick<Caller, 'userId'>,
  agent: Rights,
  share: string | undefined,
): AgentLevel | undefined {
  if (isOwner(caller, agent)) return 'owner';
  if (share === 'editor') return 'editor';
  return share !== undefined || isForAll(agent) ? 'user' : undefined;
}

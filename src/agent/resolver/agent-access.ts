import type { Caller } from '#contracts';
import type { AgentEntity } from '#store';

/** The owner of agents that belong to the gateway. */
export const SYSTEM_OWNER = 'system';

/** Whether a caller may use an agent: the default one, the gateway's own, and the caller's. */
export function mayUse(caller: Caller, agent: Pick<AgentEntity, 'is_default' | 'owner_id'>): boolean {
  return agent.is_default || agent.owner_id === SYSTEM_OWNER || agent.owner_id === caller.userId;
}

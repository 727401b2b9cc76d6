import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import { isUuid } from '#kernel';
import { PermissionError, RecordError } from '#permissions';
import { type AgentEntity, AgentStore } from '#store';
import { AgentAccess } from '../access/agent-access.js';
import type { AgentLevel } from '../access/agent-level.js';

/** What somebody wants to do with an agent, beside running it. */
export type AgentPurpose = 'see' | 'edit' | 'own';

const SUFFICIENT: Readonly<Record<AgentPurpose, readonly AgentLevel[]>> = {
  see: ['owner', 'editor', 'user'],
  edit: ['owner', 'editor'],
  own: ['owner'],
};
const WHO: Readonly<Record<AgentPurpose, string>> = {
  see: 'those it is shared with',
  edit: 'its owner, its editors and admins',
  own: 'its owner and admins',
};
const SHOWN_MAX_CHARS = 100;

/** Finds agents for those who administer them. An admin may do all with all. */
@Injectable()
export class AgentRights {
  constructor(
    private readonly store: AgentStore,
    private readonly access: AgentAccess,
  ) {}

  /**
   * @param id a UUID or a key
   * @throws RecordError `not-found` (also for what the caller may not see); PermissionError for what it may see but not
   *   change
   */
  async require(caller: Caller, id: string, purpose: AgentPurpose): Promise<AgentEntity> {
    const agent = await (isUuid(id) ? this.store.findById(id) : this.store.findByKey(id));
    if (agent && caller.role === 'admin') return agent;
    const level = agent && (await this.access.levelOf(caller, agent));
    if (!level) throw noSuchAgent(id);
    if (SUFFICIENT[purpose].includes(level)) return agent;
    throw new PermissionError(
      'role',
      `The agent ${agent.agent_key} can be changed so by ${WHO[purpose]} only.`,
    );
  }
}

export function noSuchAgent(id: string): RecordError {
  return new RecordError(
    'not-found',
    `There is no agent ${id.slice(0, SHOWN_MAX_CHARS)}. The list of agents shows those that you may use.`,
  );
}

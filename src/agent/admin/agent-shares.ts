import { Injectable } from '@nestjs/common';
import { CacheInvalidated } from '#bus';
import type { Caller } from '#contracts';
import { badField, Changes, RecordError } from '#permissions';
import { type AgentEntity, type AgentShareRow, AgentShareStore, type Page, type PageRequest } from '#store';
import type { ShareRole } from '../access/agent-level.js';
import { AgentRights } from './agent-rights.js';

const USER_MAX_BYTES = 255;

/** Whom an agent is shared with, for its owner and admins. */
@Injectable()
export class AgentShares {
  constructor(
    private readonly store: AgentShareStore,
    private readonly rights: AgentRights,
    private readonly changes: Changes,
  ) {}

  async page(caller: Caller, id: string, request: PageRequest): Promise<Page<AgentShareRow>> {
    const agent = await this.rights.require(caller, id, 'edit');
    return this.store.page(agent.id, request);
  }

  /** Shares the agent, or gives who has it another role. Effective at the next step of any run, on every replica. */
  async put(caller: Caller, id: string, userId: string, role: ShareRole): Promise<AgentShareRow> {
    const agent = await this.rights.require(caller, id, 'own');
    requireUser(userId);
    return this.changes.commit(caller, async (tx) => {
      const before = await this.store.find(tx, agent.id, userId);
      const share = { agent_id: agent.id, user_id: userId, role, granted_by: caller.userId };
      const after = await this.store.put(tx, share);
      return { ...changeOf('agent.share', agent), ...(before && { before }), after, result: after };
    });
  }

  /** @throws RecordError `not-found` when there is no such share */
  async remove(caller: Caller, id: string, userId: string): Promise<AgentShareRow> {
    const agent = await this.rights.require(caller, id, 'own');
    return this.changes.commit(caller, async (tx) => {
      const before = await this.store.remove(tx, agent.id, userId);
      if (!before)
        throw new RecordError('not-found', `The agent ${agent.agent_key} is not shared with this user.`);
      return { ...changeOf('agent.unshare', agent), before, result: before };
    });
  }
}

function requireUser(userId: string): void {
  if (userId === '' || Buffer.byteLength(userId) > USER_MAX_BYTES)
    throw badField('user_id', `must be a user id of 1 to ${USER_MAX_BYTES} bytes`);
}

function changeOf(action: string, { id, agent_key }: AgentEntity) {
  return {
    action,
    target: { type: 'agent', id },
    details: { agent_key },
    events: [new CacheInvalidated('agent', id)],
  };
}

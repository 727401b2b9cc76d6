import { Injectable } from '@nestjs/common';
import { AgentAccess } from '#agent';
import type { Caller } from '#contracts';
import { AgentStore } from '#store';
import { invalid } from '../input/body-reader.js';

/** Agents that something is given to: whoever gives it decides what their other users get. */
@Injectable()
export class EditableAgents {
  constructor(
    private readonly access: AgentAccess,
    private readonly agents: AgentStore,
  ) {}

  /**
   * Passes for admins, and for who may change the agent.
   * @throws HttpError that does not tell whether there is such an agent
   */
  async require(caller: Caller, id: string): Promise<void> {
    if (caller.role === 'admin') return;
    const agent = await this.agents.findById(id);
    const mayEdit = agent && (await this.access.mayEdit(caller, { id: agent.id, key: agent.agent_key }));
    if (!mayEdit) throw invalid('agent_id', 'is not the id of an agent that you may change');
  }
}

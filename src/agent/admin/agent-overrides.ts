import { Injectable } from '@nestjs/common';
import { CacheInvalidated } from '#bus';
import type { Caller } from '#contracts';
import { Changes, PermissionError, RecordError } from '#permissions';
import {
  type AgentEntity,
  type AgentOverrideRow,
  AgentOverrideStore,
  type OverrideSettings,
  type Page,
  type PageRequest,
} from '#store';
import { OverrideSettingsInput } from '../settings/override-settings.js';
import { requireSettings } from '../settings/require-settings.js';
import { AgentColumns } from './agent-columns.js';
import { AgentRights } from './agent-rights.js';

/** What a user sets for itself on an agent; what is absent is as the agent has it. */
export interface OverrideInput {
  readonly provider?: string | null;
  readonly model?: string | null;
  readonly settings?: OverrideSettings | null;
}

/** The user id that stands for the caller in a path. */
const ME = 'me';

/** What users have set for themselves on agents: each its own, an admin those of all. */
@Injectable()
export class AgentOverrides {
  constructor(
    private readonly store: AgentOverrideStore,
    private readonly rights: AgentRights,
    private readonly columns: AgentColumns,
    private readonly changes: Changes,
  ) {}

  /** For those who may change the agent. */
  async page(caller: Caller, id: string, request: PageRequest): Promise<Page<AgentOverrideRow>> {
    const agent = await this.rights.require(caller, id, 'edit');
    return this.store.page(agent.id, request);
  }

  /** @throws RecordError `not-found` when the user has set nothing */
  async get(caller: Caller, id: string, user: string): Promise<AgentOverrideRow> {
    const { agent, userId } = await this.place(caller, id, user);
    const found = await this.store.find(agent.id, userId);
    if (!found) throw nothingSet(agent);
    return found;
  }

  /** Sets all of it, from the user's next run on. @throws RecordError; StoreError `stale` */
  async put(
    caller: Caller,
    id: string,
    user: string,
    { provider, model, settings }: OverrideInput,
    version?: number,
  ): Promise<AgentOverrideRow> {
    const { agent, userId } = await this.place(caller, id, user);
    this.columns.requireProvider(provider);
    if (settings) requireSettings(OverrideSettingsInput, settings, 'settings');
    const values = { provider: provider || null, model: model || null, settings: settings ?? {} };
    return this.changes.commit(caller, async (tx) => {
      const before = await this.store.lock(tx, agent.id, userId, version);
      const after = await this.store.put(tx, agent.id, userId, values);
      return { ...changeOf('agent.override', agent), ...(before && { before }), after, result: after };
    });
  }

  /** @throws RecordError `not-found`; StoreError `stale` */
  async remove(caller: Caller, id: string, user: string, version?: number): Promise<AgentOverrideRow> {
    const { agent, userId } = await this.place(caller, id, user);
    return this.changes.commit(caller, async (tx) => {
      const before = await this.store.lock(tx, agent.id, userId, version);
      if (!before) throw nothingSet(agent);
      await this.store.remove(tx, before.id);
      return { ...changeOf('agent.override.delete', agent), before, result: before };
    });
  }

  private async place(
    caller: Caller,
    id: string,
    user: string,
  ): Promise<{ agent: AgentEntity; userId: string }> {
    const agent = await this.rights.require(caller, id, 'see');
    const userId = userOf(caller, user);
    return { agent, userId };
  }
}

/** @throws PermissionError for somebody else, unless an admin asks. */
export function userOf(caller: Caller, user: string): string {
  const userId = user === ME ? caller.userId : user;
  if (userId === caller.userId || caller.role === 'admin') return userId;
  throw new PermissionError('role', 'Only an admin may do this for another user. Your own user id is `me`.');
}

function nothingSet({ agent_key }: AgentEntity): RecordError {
  return new RecordError('not-found', `Nothing is set for this user on the agent ${agent_key}.`);
}

function changeOf(action: string, { id, agent_key }: AgentEntity) {
  return {
    action,
    target: { type: 'agent', id },
    details: { agent_key },
    events: [new CacheInvalidated('agent', id)],
  };
}

import { Injectable } from '@nestjs/common';
import { AgentFileSeeder, type Identity } from '#bootstrap';
import { CacheInvalidated, type DomainEvent } from '#bus';
import { ConfigService } from '#config';
import type { Caller } from '#contracts';
import { isUuid } from '#kernel';
import { badField, Changes, RecordError } from '#permissions';
import {
  type AgentChanges,
  type AgentEntity,
  type AgentFilter,
  AgentStore,
  type Page,
  type PageRequest,
} from '#store';
import { AgentsConfig } from '../agents.config.js';
import { AgentColumns } from './agent-columns.js';
import { AGENT_KEY, AGENT_KEY_MAX_CHARS, type AgentInput } from './agent-input.js';
import { AgentRights, noSuchAgent } from './agent-rights.js';
import { type AgentView, agentView } from './agent-view.js';

/** Agents, for those who make and change them. */
@Injectable()
export class AgentAdmin {
  constructor(
    private readonly store: AgentStore,
    private readonly rights: AgentRights,
    private readonly columns: AgentColumns,
    private readonly seeder: AgentFileSeeder,
    private readonly changes: Changes,
    private readonly config: ConfigService,
  ) {}

  /** An admin sees all, everybody else what they may use. */
  async page(
    caller: Caller,
    filter: Omit<AgentFilter, 'usableBy'>,
    request: PageRequest,
  ): Promise<Page<AgentView>> {
    const scope = caller.role === 'admin' ? {} : { usableBy: caller.userId };
    const page = await this.store.page({ ...filter, ...scope }, request);
    return { ...page, items: page.items.map(agentView) };
  }

  /** @throws as `AgentRights.require` */
  async get(caller: Caller, id: string): Promise<AgentView> {
    return agentView(await this.rights.require(caller, id, 'see'));
  }

  /** The caller owns it, unless another owner is named. @throws RecordError; StoreError `conflict` */
  async create(caller: Caller, input: AgentInput, identity?: Identity): Promise<AgentEntity> {
    requireKey(input.agent_key);
    const values = {
      ...this.defaults(caller),
      ...this.columns.of(caller, input),
      agent_key: input.agent_key,
    };
    return this.changes.commit(caller, async (tx) => {
      const agent = await this.store.insert(tx, values);
      const type = agent.agent_type === 'predefined' ? 'predefined' : 'open';
      await this.seeder.seed(tx, { id: agent.id, type }, identity ?? identityOf(agent));
      return { ...changeOf('agent.create', agent), after: agentView(agent), result: agent };
    });
  }

  /**
   * Changes what is given, from the next run on. With an `identity`, IDENTITY.md is written anew.
   * @throws as `AgentRights.require`; RecordError; StoreError `stale`
   */
  async update(
    caller: Caller,
    id: string,
    input: Partial<AgentInput>,
    { version, identity }: { version?: number; identity?: Identity } = {},
  ): Promise<AgentEntity> {
    const known = await this.rights.require(caller, id, 'edit');
    return this.changes.commit(caller, async (tx) => {
      const locked = await this.store.lock(tx, known.id, version);
      if (!locked) throw noSuchAgent(id);
      const columns = this.columns.of(caller, input, locked);
      if (locked.is_default) requireDefault(columns);
      const changed = await this.store.change(tx, known.id, columns);
      if (!changed) throw noSuchAgent(id);
      if (identity) await this.seeder.present(tx, known.id, identity);
      const { before, after } = changed;
      return {
        ...changeOf('agent.update', after, before.is_default !== after.is_default),
        before: agentView(before),
        after: agentView(after),
        result: after,
      };
    });
  }

  /**
   * Deletes it: its runs end at their next step, its key can be used again, its conversations stay with their owners.
   * @throws as `AgentRights.require`; RecordError `precondition` for the default agent; StoreError `stale`
   */
  async remove(caller: Caller, id: string, version?: number): Promise<AgentEntity> {
    const known = await this.rights.require(caller, id, 'own');
    return this.changes.commit(caller, async (tx) => {
      const agent = await this.store.lock(tx, known.id, version);
      if (!agent) throw noSuchAgent(id);
      if (agent.is_default) {
        throw new RecordError(
          'precondition',
          `${agent.agent_key} is the default agent. Make another one the default first (is_default: true), then delete it.`,
        );
      }
      await this.store.markDeleted(tx, agent.id);
      return { ...changeOf('agent.delete', agent), before: agentView(agent), result: agent };
    });
  }

  private defaults({ userId }: Caller) {
    const { defaults } = this.config.get(AgentsConfig);
    return {
      owner_id: userId,
      provider: '',
      model: '',
      context_window: defaults.context_window,
      max_tool_iterations: defaults.max_tool_iterations,
      workspace: '',
      restrict_to_workspace: defaults.restrict_to_workspace,
      tools_config: {},
      other_config: {},
      agent_type: 'open',
      status: 'active',
    };
  }
}

/** @throws RecordError */
function requireKey(key: string): void {
  if (key.length > AGENT_KEY_MAX_CHARS || !AGENT_KEY.test(key)) {
    throw badField(
      'agent_key',
      `must have 1 to ${AGENT_KEY_MAX_CHARS} lower-case letters, digits, hyphens or underscores, with a letter or digit at both ends`,
    );
  }
  if (isUuid(key)) throw badField('agent_key', 'must not look like an id');
}

/** There is always a default agent, and it can be used. @throws RecordError `precondition` */
function requireDefault({ is_default, status }: AgentChanges): void {
  if (is_default === false)
    throw new RecordError('precondition', 'Make another agent the default one instead (is_default: true).');
  if (status !== undefined && status !== 'active')
    throw new RecordError(
      'precondition',
      'The default agent stays active. Make another one the default first.',
    );
}

function identityOf({ display_name, other_config: { identity } }: AgentEntity): Identity {
  return { ...(display_name !== null && { name: display_name }), ...identity };
}

/** A new default agent changes the old one, too. */
function changeOf(
  action: string,
  { id, agent_key, is_default }: AgentEntity,
  concernsAll = is_default && action === 'agent.create',
): {
  action: string;
  target: { type: string; id: string };
  details: object;
  events: readonly DomainEvent[];
} {
  return {
    action,
    target: { type: 'agent', id },
    details: { agent_key },
    events: [
      concernsAll ? new CacheInvalidated('agent') : new CacheInvalidated('agent', id),
      new CacheInvalidated('bootstrap', id),
    ],
  };
}

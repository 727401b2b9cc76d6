import { Injectable } from '@nestjs/common';
import { AgentAccess } from '#agent';
import { CacheInvalidated } from '#bus';
import type { Caller } from '#contracts';
import { badField, Changes, RecordAdmin, RecordError, SealedFields } from '#permissions';
import {
  AgentStore,
  type ChannelInstanceRow,
  ChannelInstanceStore,
  Conditions,
  type Page,
  type PageRequest,
  StoreError,
} from '#store';
import { CHANNEL_NAME_RULE, isChannelName } from '../channel-name.js';
import { ChannelRegistry } from '../channel-registry.js';
import { isDefaultInstance } from './default-instance.js';
import {
  type ChannelInstanceInput,
  type ChannelInstanceView,
  columnsOf,
  showInstance,
} from './instance-input.js';

export interface ChannelInstanceFilter {
  readonly enabled?: boolean;
  readonly channel_type?: string;
  readonly agent_id?: string;
}

/** Accounts of chat platforms. An admin keeps all, everybody else those of the agents that they may change. */
@Injectable()
export class ChannelInstances {
  constructor(
    private readonly changes: Changes,
    private readonly store: ChannelInstanceStore,
    private readonly sealed: SealedFields,
    private readonly access: AgentAccess,
    private readonly agents: AgentStore,
    private readonly registry: ChannelRegistry,
  ) {}

  async page(
    caller: Caller,
    { enabled, channel_type, agent_id }: ChannelInstanceFilter,
    request: PageRequest,
  ): Promise<Page<ChannelInstanceView>> {
    const conditions = new Conditions()
      .addIf('enabled = ?', enabled)
      .addIf('channel_type = ?', channel_type)
      .addIf('agent_id = ?', agent_id)
      .addIf('agent_id = ANY (?::uuid[])', await this.editable(caller));
    const page = await this.store.page(conditions, request);
    return { ...page, items: page.items.map((row) => showInstance(row, this.sealed)) };
  }

  /** All that the caller may keep, by name. */
  async all(caller: Caller): Promise<ChannelInstanceView[]> {
    const rows = await this.store.all(await this.editable(caller));
    return rows.map((row) => showInstance(row, this.sealed));
  }

  async get(caller: Caller, id: string): Promise<ChannelInstanceView> {
    return showInstance(await this.visible(caller, id), this.sealed);
  }

  /** @throws RecordError `not-found` */
  async byName(caller: Caller, name: string): Promise<ChannelInstanceView> {
    const row = await this.store.findByName(name);
    if (!row || !(await this.mayKeep(caller, row.agent_id))) throw notFound(name);
    return showInstance(row, this.sealed);
  }

  async create(caller: Caller, input: ChannelInstanceInput): Promise<ChannelInstanceView> {
    await this.requireAgent(caller, input.agent_id);
    return showInstance(await this.records(caller).create(caller, input), this.sealed);
  }

  async update(
    caller: Caller,
    id: string,
    input: Partial<ChannelInstanceInput>,
    version?: number,
  ): Promise<ChannelInstanceView> {
    const seen = await this.visible(caller, id);
    if (input.agent_id !== undefined) await this.requireAgent(caller, input.agent_id);
    return showInstance(await this.records(caller, seen).update(caller, id, input, version), this.sealed);
  }

  /** @throws RecordError `forbidden` for a default instance */
  async remove(caller: Caller, id: string, version?: number): Promise<ChannelInstanceView> {
    const seen = await this.visible(caller, id);
    return showInstance(await this.records(caller, seen).remove(caller, id, version), this.sealed);
  }

  /** @param seen what the caller was found to be allowed to change */
  private records(
    caller: Caller,
    seen?: ChannelInstanceRow,
  ): RecordAdmin<ChannelInstanceRow, ChannelInstanceInput> {
    return new RecordAdmin(this.changes, {
      type: 'channel_instance',
      noun: 'channel instance',
      table: this.store,
      show: (row) => showInstance(row, this.sealed),
      write: (input, before) => {
        if (before) requireSameAgent(before, seen);
        this.checkName(input.name, before);
        return { ...columnsOf(input, before, this.sealed), ...(!before && { created_by: caller.userId }) };
      },
      events: ({ id }) => [new CacheInvalidated('channel_instances', id)],
      keep: (row) => {
        requireSameAgent(row, seen);
        if (isDefaultInstance(row.name))
          throw new RecordError('forbidden', `${row.name} is a default instance: disable it instead.`);
      },
    });
  }

  private checkName(name: string | undefined, before: ChannelInstanceRow | undefined): void {
    if (name === undefined || name === before?.name) return;
    if (!isChannelName(name)) throw badField('name', `must be ${CHANNEL_NAME_RULE}`);
    if (this.registry.get(name))
      throw new RecordError('taken', `There is a channel ${name} already. Choose another name.`, {
        param: 'name',
      });
    if (before && isDefaultInstance(before.name))
      throw new RecordError('forbidden', `${before.name} is a default instance: it keeps its name.`);
  }

  private async visible(caller: Caller, id: string): Promise<ChannelInstanceRow> {
    const row = await this.store.find(id);
    if (!row || !(await this.mayKeep(caller, row.agent_id))) throw notFound(id);
    return row;
  }

  private async requireAgent(caller: Caller, id: string): Promise<void> {
    if (!(await this.agents.findById(id))) throw badField('agent_id', 'is not the id of an agent');
    if (!(await this.mayKeep(caller, id))) throw badField('agent_id', 'is not the id of an agent');
  }

  private async mayKeep(caller: Caller, agentId: string): Promise<boolean> {
    if (caller.role === 'admin') return true;
    const agent = await this.agents.findById(agentId);
    return agent ? this.access.mayEdit(caller, { id: agent.id, key: agent.agent_key }) : false;
  }

  /** Ids of the agents whose instances the caller may keep; `undefined`: all. */
  private async editable(caller: Caller): Promise<readonly string[] | undefined> {
    if (caller.role === 'admin') return undefined;
    const agents = await this.access.list(caller);
    const may = await Promise.all(
      agents.map(({ id, agent_key: key }) => this.access.mayEdit(caller, { id, key })),
    );
    return agents.filter((_, index) => may[index]).map(({ id }) => id);
  }
}

function notFound(id: string): RecordError {
  return new RecordError('not-found', `There is no channel instance ${id.slice(0, 100)}.`);
}

/** Between the look and the lock somebody may have given the instance to another agent. */
function requireSameAgent(row: ChannelInstanceRow, seen: ChannelInstanceRow | undefined): void {
  if (seen && row.agent_id !== seen.agent_id)
    throw new StoreError('stale', 'It was given to another agent meanwhile. Read it again, then change it.');
}

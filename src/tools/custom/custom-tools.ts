import { Injectable } from '@nestjs/common';
import { CacheInvalidated } from '#bus';
import type { Caller, OfferedTool } from '#contracts';
import { badField, Changes, RecordAdmin, RecordError, SealedFields } from '#permissions';
import {
  agentExists,
  Conditions,
  type CustomToolRow,
  CustomToolStore,
  type Page,
  type PageRequest,
  type Queryable,
} from '#store';
import { isReservedName } from '../policy/tool-groups.js';
import { ToolRegistry } from '../registry/tool-registry.js';
import { CustomToolRunner } from './custom-tool-runner.js';
import { columnsOf, type CustomToolInput, type CustomToolView, showTool } from './custom-tool-input.js';

export interface CustomToolFilter {
  readonly enabled?: boolean;
  /** Only that agent's. */
  readonly agent_id?: string;
}

/** Tools that admins make of commands. */
@Injectable()
export class CustomTools {
  constructor(
    private readonly changes: Changes,
    private readonly store: CustomToolStore,
    private readonly sealed: SealedFields,
    private readonly registry: ToolRegistry,
    private readonly runner: CustomToolRunner,
  ) {}

  async page({ enabled, agent_id }: CustomToolFilter, request: PageRequest): Promise<Page<CustomToolView>> {
    const conditions = new Conditions().addIf('enabled = ?', enabled).addIf('agent_id = ?', agent_id);
    const page = await this.store.page(conditions, request);
    return { ...page, items: page.items.map((row) => showTool(row, this.sealed)) };
  }

  async get(id: string): Promise<CustomToolView> {
    return showTool(await this.records().get(id), this.sealed);
  }

  /**
   * The record as a tool that runs, also while it is not enabled, with the id of the agent that it belongs to.
   * @throws RecordError `not-found`
   */
  async runnable(id: string): Promise<{ entry: OfferedTool; agentId: string | undefined }> {
    const row = await this.records().get(id);
    return {
      entry: this.runner.offered(row, () => this.store.find(id)),
      agentId: row.agent_id ?? undefined,
    };
  }

  async create(caller: Caller, input: CustomToolInput): Promise<CustomToolView> {
    return showTool(await this.records(caller).create(caller, input), this.sealed);
  }

  async update(
    caller: Caller,
    id: string,
    input: Partial<CustomToolInput>,
    version?: number,
  ): Promise<CustomToolView> {
    return showTool(await this.records().update(caller, id, input, version), this.sealed);
  }

  async remove(caller: Caller, id: string, version?: number): Promise<CustomToolView> {
    return showTool(await this.records().remove(caller, id, version), this.sealed);
  }

  private records(creator?: Caller): RecordAdmin<CustomToolRow, CustomToolInput> {
    return new RecordAdmin(this.changes, {
      type: 'custom_tool',
      noun: 'custom tool',
      table: this.store,
      show: (row) => showTool(row, this.sealed),
      write: async (input, before, tx) => {
        await this.check(input, before, tx);
        const columns = await columnsOf(input, before, this.sealed);
        return { ...columns, ...(!before && creator && { created_by: creator.userId }) };
      },
      events: ({ id }) => [new CacheInvalidated('custom_tools', id)],
    });
  }

  private async check(
    { name, agent_id }: Partial<CustomToolInput>,
    before: CustomToolRow | undefined,
    tx: Queryable,
  ): Promise<void> {
    const isTaken = name !== undefined && (isReservedName(name) || this.registry.get(name) !== undefined);
    if (isTaken && name !== before?.name)
      throw new RecordError('taken', `There is a tool ${name} already. Choose another name.`, {
        param: 'name',
      });
    if (agent_id && !(await agentExists(tx, agent_id)))
      throw badField('agent_id', 'is not the id of an agent');
  }
}

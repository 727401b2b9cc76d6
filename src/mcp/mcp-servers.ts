import { Injectable } from '@nestjs/common';
import { CacheInvalidated } from '#bus';
import type { Caller } from '#contracts';
import { Changes, RecordAdmin, SealedFields } from '#permissions';
import { Conditions, type McpServerRow, McpServerStore, type Page, type PageRequest } from '#store';
import { columnsOf, type McpServerInput, type McpServerView, showServer } from './mcp-input.js';

export interface McpServerFilter {
  readonly enabled?: boolean;
  readonly transport?: string;
}

/** The MCP servers that admins keep. */
@Injectable()
export class McpServers {
  constructor(
    private readonly changes: Changes,
    private readonly store: McpServerStore,
    private readonly sealed: SealedFields,
  ) {}

  async page({ enabled, transport }: McpServerFilter, request: PageRequest): Promise<Page<McpServerView>> {
    const conditions = new Conditions().addIf('enabled = ?', enabled).addIf('transport = ?', transport);
    const page = await this.store.page(conditions, request);
    return { ...page, items: page.items.map((row) => showServer(row, this.sealed)) };
  }

  async get(id: string): Promise<McpServerView> {
    return showServer(await this.records().get(id), this.sealed);
  }

  async create(caller: Caller, input: McpServerInput): Promise<McpServerView> {
    return showServer(await this.records(caller).create(caller, input), this.sealed);
  }

  async update(
    caller: Caller,
    id: string,
    input: Partial<McpServerInput>,
    version?: number,
  ): Promise<McpServerView> {
    return showServer(await this.records().update(caller, id, input, version), this.sealed);
  }

  async remove(caller: Caller, id: string, version?: number): Promise<McpServerView> {
    return showServer(await this.records().remove(caller, id, version), this.sealed);
  }

  private records(creator?: Caller): RecordAdmin<McpServerRow, McpServerInput> {
    return new RecordAdmin(this.changes, {
      type: 'mcp_server',
      noun: 'MCP server',
      table: this.store,
      show: (row) => showServer(row, this.sealed),
      write: (input, before) => ({
        ...columnsOf(input, before, this.sealed),
        ...(!before && creator && { created_by: creator.userId }),
      }),
      events: ({ id }) => [new CacheInvalidated('mcp', id)],
    });
  }
}

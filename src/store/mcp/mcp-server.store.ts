import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { type RecordRow, RecordTable } from '../records/record-table.js';

export interface McpServerRow extends RecordRow {
  readonly name: string;
  readonly display_name: string | null;
  readonly transport: string;
  readonly command: string | null;
  readonly args: readonly string[];
  readonly url: string | null;
  /** Sealed object. */
  readonly headers: string | null;
  /** Sealed object. */
  readonly env: string | null;
  /** Sealed. */
  readonly api_key: string | null;
  readonly tool_prefix: string | null;
  readonly timeout_sec: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
  readonly created_by: string;
}

/** MCP servers that admins set up. */
@Injectable()
export class McpServerStore extends RecordTable<McpServerRow> {
  constructor(private readonly database: Database) {
    super(database, {
      table: 'mcp_servers',
      columns: {
        name: 'value',
        display_name: 'value',
        transport: 'value',
        command: 'value',
        args: 'jsonb',
        url: 'value',
        headers: 'value',
        env: 'value',
        api_key: 'value',
        tool_prefix: 'value',
        timeout_sec: 'value',
        settings: 'jsonb',
        enabled: 'value',
        created_by: 'value',
      },
      sorts: {
        name: { sql: 'name', type: 'text' },
        created_at: { sql: 'created_at', type: 'timestamptz' },
        updated_at: { sql: 'updated_at', type: 'timestamptz' },
      },
    });
  }

  /** Those that are in use, by name: a company has some dozens. */
  enabled(): Promise<McpServerRow[]> {
    return this.database.query<McpServerRow>('SELECT * FROM mcp_servers WHERE enabled ORDER BY name');
  }
}

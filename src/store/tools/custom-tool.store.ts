import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { type RecordRow, RecordTable } from '../records/record-table.js';

export interface CustomToolRow extends RecordRow {
  readonly name: string;
  readonly description: string;
  /** JSON schema of an object. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly command: string;
  readonly working_dir: string;
  readonly timeout_seconds: number;
  /** Sealed object. */
  readonly env: string | null;
  /** Absent: for all agents. */
  readonly agent_id: string | null;
  readonly enabled: boolean;
  readonly created_by: string;
}

/** Tools that admins make of commands. */
@Injectable()
export class CustomToolStore extends RecordTable<CustomToolRow> {
  constructor(private readonly database: Database) {
    super(database, {
      table: 'custom_tools',
      columns: {
        name: 'value',
        description: 'value',
        parameters: 'jsonb',
        command: 'value',
        working_dir: 'value',
        timeout_seconds: 'value',
        env: 'value',
        agent_id: 'value',
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

  /** Those that are in use, oldest first, at most `limit`. */
  enabled(limit: number): Promise<CustomToolRow[]> {
    return this.database.query<CustomToolRow>(
      'SELECT * FROM custom_tools WHERE enabled ORDER BY id LIMIT $1',
      [limit],
    );
  }
}

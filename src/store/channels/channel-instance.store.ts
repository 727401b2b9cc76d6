import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { type RecordRow, RecordTable } from '../records/record-table.js';

export interface ChannelInstanceRow extends RecordRow {
  readonly name: string;
  readonly display_name: string;
  readonly channel_type: string;
  readonly agent_id: string;
  /** Sealed object. */
  readonly credentials: string | null;
  readonly config: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
  readonly created_by: string;
}

/** Accounts of chat platforms, each with the agent that answers there. */
@Injectable()
export class ChannelInstanceStore extends RecordTable<ChannelInstanceRow> {
  constructor(private readonly database: Database) {
    super(database, {
      table: 'channel_instances',
      columns: {
        name: 'value',
        display_name: 'value',
        channel_type: 'value',
        agent_id: 'value',
        credentials: 'value',
        config: 'jsonb',
        enabled: 'value',
        created_by: 'value',
      },
      sorts: {
        name: { sql: 'name', type: 'text' },
        channel_type: { sql: 'channel_type', type: 'text' },
        created_at: { sql: 'created_at', type: 'timestamptz' },
        updated_at: { sql: 'updated_at', type: 'timestamptz' },
      },
    });
  }

  async findByName(name: string): Promise<ChannelInstanceRow | undefined> {
    const [row] = await this.database.query<ChannelInstanceRow>(
      'SELECT * FROM channel_instances WHERE name = $1',
      [name],
    );
    return row;
  }

  /** Every one, by name; of these agents, when they are given. */
  all(agents?: readonly string[]): Promise<ChannelInstanceRow[]> {
    return agents === undefined
      ? this.database.query('SELECT * FROM channel_instances ORDER BY name')
      : this.database.query(
          'SELECT * FROM channel_instances WHERE agent_id = ANY ($1::uuid[]) ORDER BY name',
          [agents],
        );
  }
}

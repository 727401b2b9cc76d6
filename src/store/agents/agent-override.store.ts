import { Injectable } from '@nestjs/common';
import { newId } from '#kernel';
import { Database } from '../database/database.js';
import { type Queryable, statement } from '../database/statement.js';
import { toJsonb, toText } from '../jsonb.js';
import { Conditions } from '../listing/conditions.js';
import { readPage } from '../listing/listing.js';
import type { Page, PageRequest } from '../listing/page.js';
import { RecordTable } from '../records/record-table.js';

/** How one user wants an agent to answer. */
export interface OverrideSettings {
  readonly temperature?: number;
  readonly max_tokens?: number;
  readonly thinking_budget_tokens?: number;
}

export interface AgentOverrideRow {
  readonly id: string;
  readonly agent_id: string;
  readonly user_id: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly settings: OverrideSettings;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export type OverrideValues = Pick<AgentOverrideRow, 'provider' | 'model' | 'settings'>;

const OF_USER = statement(
  'agent-override-of-user',
  'SELECT * FROM user_agent_overrides WHERE agent_id = $1 AND user_id = $2',
);

/** What users have set for themselves on agents. */
@Injectable()
export class AgentOverrideStore {
  private readonly records: RecordTable<AgentOverrideRow>;

  constructor(private readonly database: Database) {
    this.records = new RecordTable(database, { table: 'user_agent_overrides', columns: {}, sorts: {} });
  }

  async find(
    agentId: string,
    userId: string,
    db: Queryable = this.database.as({ userId }),
  ): Promise<AgentOverrideRow | undefined> {
    const [row] = await db.query<AgentOverrideRow>(OF_USER, [agentId, toText(userId)]);
    return row;
  }

  page(agentId: string, request: PageRequest): Promise<Page<AgentOverrideRow>> {
    return readPage<AgentOverrideRow>(
      this.database,
      {
        select: '*',
        from: 'user_agent_overrides',
        id: { sql: 'id', type: 'uuid' },
        sorts: {
          updated_at: { sql: 'updated_at', type: 'timestamptz', descending: true },
          user_id: { sql: 'user_id', type: 'text' },
        },
      },
      new Conditions().add('agent_id = ?', agentId),
      request,
    );
  }

  /** The row to change, locked. @throws StoreError `stale` */
  async lock(
    tx: Queryable,
    agentId: string,
    userId: string,
    version?: number,
  ): Promise<AgentOverrideRow | undefined> {
    const row = await this.find(agentId, userId, tx);
    return row && this.records.locked(tx, row.id, version);
  }

  async put(
    tx: Queryable,
    agentId: string,
    userId: string,
    { provider, model, settings }: OverrideValues,
  ): Promise<AgentOverrideRow> {
    const [row] = await tx.query<AgentOverrideRow>(
      `INSERT INTO user_agent_overrides AS o (id, agent_id, user_id, provider, model, settings)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (agent_id, user_id) DO UPDATE SET provider = excluded.provider, model = excluded.model,
         settings = excluded.settings, version = o.version + 1, updated_at = now()
       RETURNING *`,
      [newId(), agentId, toText(userId), provider, model, toJsonb(settings)],
    );
    if (!row) throw new TypeError('INSERT gave no row back.');
    return row;
  }

  async remove(tx: Queryable, id: string): Promise<void> {
    await tx.query('DELETE FROM user_agent_overrides WHERE id = $1', [id]);
  }
}

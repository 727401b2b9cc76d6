import { Injectable } from '@nestjs/common';
import { newId } from '#kernel';
import { Database } from '../database/database.js';
import { type Queryable, statement } from '../database/statement.js';
import { Conditions } from '../listing/conditions.js';
import { readPage } from '../listing/listing.js';
import type { Page, PageRequest } from '../listing/page.js';
import { toText } from '../jsonb.js';

/** An agent that somebody else may use (`user`) or also change (`editor`). */
export interface AgentShareRow {
  readonly id: string;
  readonly agent_id: string;
  readonly user_id: string;
  readonly role: string;
  readonly granted_by: string;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const ROLE = statement(
  'agent-share-role',
  'SELECT role FROM agent_shares WHERE agent_id = $1 AND user_id = $2',
);

/** Whom agents are shared with. */
@Injectable()
export class AgentShareStore {
  constructor(private readonly database: Database) {}

  /** The role that the user has by a share; `undefined` without one. */
  async roleOf(agentId: string, userId: string): Promise<string | undefined> {
    const [row] = await this.database.as({ userId }).query<{ role: string }>(ROLE, [agentId, toText(userId)]);
    return row?.role;
  }

  page(agentId: string, request: PageRequest): Promise<Page<AgentShareRow>> {
    return readPage<AgentShareRow>(
      this.database,
      {
        select: '*',
        from: 'agent_shares',
        id: { sql: 'id', type: 'uuid' },
        sorts: {
          created_at: { sql: 'created_at', type: 'timestamptz', descending: true },
          user_id: { sql: 'user_id', type: 'text' },
        },
      },
      new Conditions().add('agent_id = ?', agentId),
      request,
    );
  }

  find(db: Queryable, agentId: string, userId: string): Promise<AgentShareRow | undefined> {
    return db
      .query<AgentShareRow>('SELECT * FROM agent_shares WHERE agent_id = $1 AND user_id = $2', [
        agentId,
        toText(userId),
      ])
      .then(([row]) => row);
  }

  /** Makes the share, or gives the one that is there another role. */
  async put(
    tx: Queryable,
    share: Pick<AgentShareRow, 'agent_id' | 'user_id' | 'role' | 'granted_by'>,
  ): Promise<AgentShareRow> {
    const [row] = await tx.query<AgentShareRow>(
      `INSERT INTO agent_shares (id, agent_id, user_id, role, granted_by) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (agent_id, user_id)
       DO UPDATE SET role = excluded.role, granted_by = excluded.granted_by, updated_at = now()
       RETURNING *`,
      [newId(), share.agent_id, toText(share.user_id), share.role, toText(share.granted_by)],
    );
    if (!row) throw new TypeError('INSERT gave no row back.');
    return row;
  }

  async remove(tx: Queryable, agentId: string, userId: string): Promise<AgentShareRow | undefined> {
    const [row] = await tx.query<AgentShareRow>(
      'DELETE FROM agent_shares WHERE agent_id = $1 AND user_id = $2 RETURNING *',
      [agentId, toText(userId)],
    );
    return row;
  }
}

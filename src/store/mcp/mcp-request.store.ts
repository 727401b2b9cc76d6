import { Injectable } from '@nestjs/common';
import { isUuid, newId } from '#kernel';
import { Database } from '../database/database.js';
import { isUniqueViolation } from '../database/pg-errors.js';
import type { Queryable } from '../database/statement.js';
import { toJsonb, toText } from '../jsonb.js';
import { Conditions } from '../listing/conditions.js';
import { readPage } from '../listing/listing.js';
import type { Page, PageRequest } from '../listing/page.js';
import { StoreError } from '../store.errors.js';

export type McpRequestStatus = 'pending' | 'approved' | 'rejected';

export interface McpRequestRow {
  readonly id: string;
  readonly server_id: string;
  readonly agent_id: string | null;
  readonly user_id: string | null;
  readonly scope: 'agent' | 'user';
  readonly status: McpRequestStatus;
  readonly reason: string | null;
  readonly tool_allow: readonly string[] | null;
  readonly requested_by: string;
  readonly reviewed_by: string | null;
  readonly reviewed_at: Date | null;
  readonly review_note: string | null;
  readonly created_at: Date;
}

export type NewMcpRequest = Pick<
  McpRequestRow,
  'server_id' | 'agent_id' | 'user_id' | 'scope' | 'reason' | 'tool_allow' | 'requested_by'
>;

/** Who asked for which MCP server. */
@Injectable()
export class McpRequestStore {
  constructor(private readonly database: Database) {}

  /** @throws StoreError `conflict` when the same is asked for already */
  async insert(tx: Queryable, request: NewMcpRequest): Promise<McpRequestRow> {
    const { server_id, agent_id, user_id, scope, reason, tool_allow, requested_by } = request;
    const text = (value: string | null): string | null => (value === null ? null : toText(value));
    try {
      const [row] = await tx.query<McpRequestRow>(
        `INSERT INTO mcp_access_requests (id, server_id, agent_id, user_id, scope, reason, tool_allow, requested_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING *`,
        [
          newId(),
          server_id,
          agent_id,
          text(user_id),
          scope,
          text(reason),
          tool_allow === null ? null : toJsonb(tool_allow),
          requested_by,
        ],
      );
      if (row) return row;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new StoreError('conflict', 'The same access was asked for already and waits for its review.', {
        cause: error,
      });
    }
    throw new TypeError('INSERT gave no row back.');
  }

  /** The request, kept from others until the transaction ends. */
  async locked(tx: Queryable, id: string): Promise<McpRequestRow | undefined> {
    if (!isUuid(id)) return undefined;
    const [row] = await tx.query<McpRequestRow>(
      'SELECT * FROM mcp_access_requests WHERE id = $1 FOR UPDATE',
      [id],
    );
    return row;
  }

  async review(
    tx: Queryable,
    id: string,
    review: { status: McpRequestStatus; reviewed_by: string; note: string | null },
  ): Promise<McpRequestRow | undefined> {
    const note = review.note === null ? null : toText(review.note);
    const [row] = await tx.query<McpRequestRow>(
      `UPDATE mcp_access_requests SET status = $2, reviewed_by = $3, reviewed_at = now(), review_note = $4
       WHERE id = $1 RETURNING *`,
      [id, review.status, review.reviewed_by, note],
    );
    return row;
  }

  /** Oldest first. */
  page(
    filter: { status?: McpRequestStatus; requestedBy?: string; server?: string },
    request: PageRequest,
  ): Promise<Page<McpRequestRow>> {
    const conditions = new Conditions()
      .addIf('status = ?', filter.status)
      .addIf('requested_by = ?', filter.requestedBy)
      .addIf('server_id = ?', filter.server);
    const sorts = { created_at: { sql: 'created_at', type: 'timestamptz' } } as const;
    return readPage<McpRequestRow>(
      this.database,
      { select: '*', from: 'mcp_access_requests', id: { sql: 'id', type: 'uuid' }, sorts },
      conditions,
      request,
    );
  }
}

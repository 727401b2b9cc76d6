import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import { isUuid, newId } from '#kernel';
import { ownerOf } from '../caller-scope.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/statement.js';
import { toText } from '../jsonb.js';

type Owner = Pick<Caller, 'userId'>;

/** The tokens of one user at one server. */
export interface McpTokenRow {
  readonly id: string;
  readonly server_id: string;
  readonly user_id: string;
  /** Sealed. */
  readonly tokens: string;
  readonly scope: string;
  readonly expires_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export type StoredTokens = Pick<McpTokenRow, 'tokens' | 'scope' | 'expires_at'>;

/** A user on his way through the authorization server. */
export interface McpFlowRow {
  readonly server_id: string;
  readonly user_id: string;
  /** Sealed. */
  readonly flow: string;
  readonly expires_at: Date;
}

export interface NewMcpFlow {
  readonly serverId: string;
  /** SHA-256. */
  readonly stateHash: Buffer;
  /** Sealed. */
  readonly flow: string;
  readonly ttlMs: number;
}

const INTERVAL = `make_interval(secs => $1::float8 / 1000)`;

/** What the gateway and its users are at the authorization servers of MCP servers. */
@Injectable()
export class McpOAuthStore {
  constructor(private readonly database: Database) {}

  /** Sealed. */
  async client(serverId: string): Promise<string | undefined> {
    if (!isUuid(serverId)) return undefined;
    const [row] = await this.database.query<{ client: string }>(
      'SELECT client FROM mcp_oauth_clients WHERE server_id = $1',
      [serverId],
    );
    return row?.client;
  }

  async saveClient(tx: Queryable, serverId: string, client: string): Promise<void> {
    await tx.query(
      `INSERT INTO mcp_oauth_clients (server_id, client) VALUES ($1, $2)
       ON CONFLICT (server_id) DO UPDATE SET client = EXCLUDED.client, updated_at = now()`,
      [serverId, client],
    );
  }

  /** Returns whether there was one. */
  async removeClient(tx: Queryable, serverId: string): Promise<boolean> {
    const rows = await tx.query('DELETE FROM mcp_oauth_clients WHERE server_id = $1 RETURNING server_id', [
      serverId,
    ]);
    return rows.length > 0;
  }

  async tokensOf(owner: Owner, serverId: string): Promise<McpTokenRow | undefined> {
    if (!isUuid(serverId)) return undefined;
    const [row] = await this.database
      .as(owner)
      .query<McpTokenRow>('SELECT * FROM mcp_oauth_tokens WHERE server_id = $1 AND user_id = $2', [
        serverId,
        toText(ownerOf(owner)),
      ]);
    return row;
  }

  /** Those of a new sign-in: with an id of their own, which they keep when they are renewed. */
  async saveTokens(tx: Queryable, owner: Owner, serverId: string, stored: StoredTokens): Promise<void> {
    await tx.query(
      `INSERT INTO mcp_oauth_tokens (id, server_id, user_id, tokens, scope, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (server_id, user_id) DO UPDATE SET id = EXCLUDED.id, tokens = EXCLUDED.tokens, scope = EXCLUDED.scope,
         expires_at = EXCLUDED.expires_at, refreshing_until = NULL, updated_at = now()`,
      [newId(), serverId, toText(ownerOf(owner)), stored.tokens, toText(stored.scope), stored.expires_at],
    );
  }

  /** Returns whether there were any. */
  async removeTokens(tx: Queryable, owner: Owner, serverId: string): Promise<boolean> {
    const rows = await tx.query(
      'DELETE FROM mcp_oauth_tokens WHERE server_id = $1 AND user_id = $2 RETURNING id',
      [serverId, toText(ownerOf(owner))],
    );
    return rows.length > 0;
  }

  /**
   * Takes the right to renew tokens that are still the ones that were seen, for `leaseMs`: a refresh token is used once,
   * by one replica. `false`: somebody else has it, or has renewed them.
   */
  async claimRefresh(
    owner: Owner,
    row: Pick<McpTokenRow, 'id' | 'tokens'>,
    leaseMs: number,
  ): Promise<boolean> {
    const rows = await this.database.as(owner).query(
      `UPDATE mcp_oauth_tokens SET refreshing_until = now() + ${INTERVAL}
       WHERE id = $2 AND user_id = $3 AND tokens = $4
         AND (refreshing_until IS NULL OR refreshing_until < now()) RETURNING id`,
      [leaseMs, row.id, toText(ownerOf(owner)), row.tokens],
    );
    return rows.length > 0;
  }

  /** Puts the new ones in the place of those that were renewed, unless they are gone. */
  async finishRefresh(
    owner: Owner,
    row: Pick<McpTokenRow, 'id' | 'tokens'>,
    stored: StoredTokens,
  ): Promise<void> {
    await this.database.as(owner).query(
      `UPDATE mcp_oauth_tokens SET tokens = $4, scope = $5, expires_at = $3, refreshing_until = NULL, updated_at = now()
       WHERE id = $1 AND user_id = $2 AND tokens = $6`,
      [row.id, toText(ownerOf(owner)), stored.expires_at, stored.tokens, toText(stored.scope), row.tokens],
    );
  }

  /** Others may try to renew them. */
  async releaseRefresh(owner: Owner, id: string): Promise<void> {
    await this.database
      .as(owner)
      .query('UPDATE mcp_oauth_tokens SET refreshing_until = NULL WHERE id = $1 AND user_id = $2', [
        id,
        toText(ownerOf(owner)),
      ]);
  }

  /** Takes the place of the user's other flows for the server, and of everybody's that have expired. */
  async insertFlow(owner: Owner, { serverId, stateHash, flow, ttlMs }: NewMcpFlow): Promise<Date> {
    const user = toText(ownerOf(owner));
    return this.database.transaction(async (tx) => {
      await tx.query(
        'DELETE FROM mcp_oauth_flows WHERE (server_id = $1 AND user_id = $2) OR expires_at < now()',
        [serverId, user],
      );
      const [row] = await tx.query<{ expires_at: Date }>(
        `INSERT INTO mcp_oauth_flows (id, state_hash, server_id, user_id, flow, expires_at)
         VALUES ($2, $3, $4, $5, $6, now() + ${INTERVAL}) RETURNING expires_at`,
        [ttlMs, newId(), stateHash, serverId, user, flow],
      );
      if (!row) throw new TypeError('INSERT gave no row back.');
      return row.expires_at;
    });
  }

  /** Whoever comes back from an authorization server proves by the state alone which flow is his. */
  async flow(stateHash: Buffer): Promise<McpFlowRow | undefined> {
    const [row] = await this.database.query<McpFlowRow>(
      'SELECT * FROM mcp_oauth_flows WHERE state_hash = $1 AND expires_at > now()',
      [stateHash],
    );
    return row;
  }

  /** Gives it out once. */
  async takeFlow(stateHash: Buffer): Promise<McpFlowRow | undefined> {
    const [row] = await this.database.query<McpFlowRow>(
      'DELETE FROM mcp_oauth_flows WHERE state_hash = $1 AND expires_at > now() RETURNING *',
      [stateHash],
    );
    return row;
  }
}

import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import { newId } from '#kernel';
import { ownerOf } from '../caller-scope.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/statement.js';
import { toText } from '../jsonb.js';

type Owner = Pick<Caller, 'userId'>;

/** The tokens of one user at one server. */
export interface McpTokenRow {
  readonly id: string;
  /** Of its row, or `config:` and its name in the configuration. */
  readonly server_key: string;
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
  /** Of its row, or `config:` and its name in the configuration. */
  readonly server_key: string;
  readonly user_id: string;
  /** Sealed. */
  readonly flow: string;
  readonly expires_at: Date;
}

export interface NewMcpFlow {
  readonly serverKey: string;
  /** SHA-256. */
  readonly stateHash: Buffer;
  /** Sealed. */
  readonly flow: string;
  readonly ttlMs: number;
}

const OF_CONFIG = 'config:';

const INTERVAL = `make_interval(secs => $1::float8 / 1000)`;

/** What the gateway and its users are at the authorization servers of MCP servers. */
@Injectable()
export class McpOAuthStore {
  constructor(private readonly database: Database) {}

  /** Sealed. */
  async client(serverKey: string): Promise<string | undefined> {
    const [row] = await this.database.query<{ client: string }>(
      'SELECT client FROM mcp_oauth_clients WHERE server_key = $1',
      [toText(serverKey)],
    );
    return row?.client;
  }

  async saveClient(tx: Queryable, serverKey: string, client: string): Promise<void> {
    await tx.query(
      `INSERT INTO mcp_oauth_clients (server_id, config_server, client) VALUES ($1, $2, $3)
       ON CONFLICT (server_key) DO UPDATE SET client = EXCLUDED.client, updated_at = now()`,
      [...columnsOf(serverKey), client],
    );
  }

  /** Returns whether there was one. */
  async removeClient(tx: Queryable, serverKey: string): Promise<boolean> {
    const rows = await tx.query('DELETE FROM mcp_oauth_clients WHERE server_key = $1 RETURNING server_key', [
      toText(serverKey),
    ]);
    return rows.length > 0;
  }

  async tokensOf(owner: Owner, serverKey: string): Promise<McpTokenRow | undefined> {
    const [row] = await this.database
      .as(owner)
      .query<McpTokenRow>('SELECT * FROM mcp_oauth_tokens WHERE server_key = $1 AND user_id = $2', [
        toText(serverKey),
        toText(ownerOf(owner)),
      ]);
    return row;
  }

  /** Those of a new sign-in: with an id of their own, which they keep when they are renewed. */
  async saveTokens(tx: Queryable, owner: Owner, serverKey: string, stored: StoredTokens): Promise<void> {
    await tx.query(
      `INSERT INTO mcp_oauth_tokens (id, server_id, config_server, user_id, tokens, scope, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (server_key, user_id) DO UPDATE SET id = EXCLUDED.id, tokens = EXCLUDED.tokens, scope = EXCLUDED.scope,
         expires_at = EXCLUDED.expires_at, refreshing_until = NULL, updated_at = now()`,
      [
        newId(),
        ...columnsOf(serverKey),
        toText(ownerOf(owner)),
        stored.tokens,
        toText(stored.scope),
        stored.expires_at,
      ],
    );
  }

  /** Returns whether there were any. */
  async removeTokens(tx: Queryable, owner: Owner, serverKey: string): Promise<boolean> {
    const rows = await tx.query(
      'DELETE FROM mcp_oauth_tokens WHERE server_key = $1 AND user_id = $2 RETURNING id',
      [toText(serverKey), toText(ownerOf(owner))],
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
  async insertFlow(owner: Owner, { serverKey, stateHash, flow, ttlMs }: NewMcpFlow): Promise<Date> {
    const user = toText(ownerOf(owner));
    return this.database.transaction(async (tx) => {
      await tx.query(
        'DELETE FROM mcp_oauth_flows WHERE (server_key = $1 AND user_id = $2) OR expires_at < now()',
        [toText(serverKey), user],
      );
      const [row] = await tx.query<{ expires_at: Date }>(
        `INSERT INTO mcp_oauth_flows (id, state_hash, server_id, config_server, user_id, flow, expires_at)
         VALUES ($2, $3, $4, $5, $6, $7, now() + ${INTERVAL}) RETURNING expires_at`,
        [ttlMs, newId(), stateHash, ...columnsOf(serverKey), user, flow],
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

/** `server_id` and `config_server`: one of them says which server it is. */
function columnsOf(serverKey: string): [id: string | null, name: string | null] {
  return serverKey.startsWith(OF_CONFIG)
    ? [null, toText(serverKey.slice(OF_CONFIG.length))]
    : [serverKey, null];
}

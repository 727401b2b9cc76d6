import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import { isUuid, newId } from '#kernel';
import { ownerOf } from '../caller-scope.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/statement.js';
import { toJsonb, toText } from '../jsonb.js';

interface GrantRow {
  readonly id: string;
  readonly server_id: string;
  readonly enabled: boolean;
  /** Absent: every tool of the server. */
  readonly tool_allow: readonly string[] | null;
  readonly tool_deny: readonly string[] | null;
  readonly granted_by: string;
  readonly created_at: Date;
}

export interface McpAgentGrantRow extends GrantRow {
  readonly agent_id: string;
  readonly config_overrides: Readonly<Record<string, unknown>> | null;
}

export interface McpUserGrantRow extends GrantRow {
  readonly user_id: string;
}

export interface McpGrantTerms {
  readonly enabled: boolean;
  readonly tool_allow: readonly string[] | null;
  readonly tool_deny: readonly string[] | null;
  readonly granted_by: string;
}

const UPSERT_TERMS = `enabled = EXCLUDED.enabled, tool_allow = EXCLUDED.tool_allow, tool_deny = EXCLUDED.tool_deny,
  granted_by = EXCLUDED.granted_by`;

/** Which agents and users may use which MCP server. */
@Injectable()
export class McpGrantStore {
  constructor(private readonly database: Database) {}

  async grantAgent(
    tx: Queryable,
    server: string,
    agent: string,
    terms: McpGrantTerms & Pick<McpAgentGrantRow, 'config_overrides'>,
  ): Promise<McpAgentGrantRow> {
    const [row] = await tx.query<McpAgentGrantRow>(
      `INSERT INTO mcp_agent_grants (id, server_id, agent_id, enabled, tool_allow, tool_deny, granted_by, config_overrides)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (server_id, agent_id) DO UPDATE SET ${UPSERT_TERMS}, config_overrides = EXCLUDED.config_overrides
       RETURNING *`,
      [newId(), server, agent, ...values(terms), jsonbOrNull(terms.config_overrides)],
    );
    return present(row);
  }

  async grantUser(
    tx: Queryable,
    server: string,
    user: string,
    terms: McpGrantTerms,
  ): Promise<McpUserGrantRow> {
    const [row] = await tx.query<McpUserGrantRow>(
      `INSERT INTO mcp_user_grants (id, server_id, user_id, enabled, tool_allow, tool_deny, granted_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (server_id, user_id) DO UPDATE SET ${UPSERT_TERMS} RETURNING *`,
      [newId(), server, toText(user), ...values(terms)],
    );
    return present(row);
  }

  /** `undefined` when there was none. */
  async revokeAgent(tx: Queryable, server: string, agent: string): Promise<McpAgentGrantRow | undefined> {
    if (!isUuid(agent)) return undefined;
    const [row] = await tx.query<McpAgentGrantRow>(
      'DELETE FROM mcp_agent_grants WHERE server_id = $1 AND agent_id = $2 RETURNING *',
      [server, agent],
    );
    return row;
  }

  async revokeUser(tx: Queryable, server: string, user: string): Promise<McpUserGrantRow | undefined> {
    const [row] = await tx.query<McpUserGrantRow>(
      'DELETE FROM mcp_user_grants WHERE server_id = $1 AND user_id = $2 RETURNING *',
      [server, toText(user)],
    );
    return row;
  }

  /** Oldest first. */
  async ofAgent(agent: string): Promise<McpAgentGrantRow[]> {
    if (!isUuid(agent)) return [];
    return this.database.query('SELECT * FROM mcp_agent_grants WHERE agent_id = $1 ORDER BY id', [agent]);
  }

  /** A user's own, oldest first. */
  ofUser(caller: Pick<Caller, 'userId'>): Promise<McpUserGrantRow[]> {
    return this.database
      .as(caller)
      .query<McpUserGrantRow>('SELECT * FROM mcp_user_grants WHERE user_id = $1 ORDER BY id', [
        toText(ownerOf(caller)),
      ]);
  }

  async ofServer(server: string): Promise<{ agents: McpAgentGrantRow[]; users: McpUserGrantRow[] }> {
    const agents = await this.database.query<McpAgentGrantRow>(
      'SELECT * FROM mcp_agent_grants WHERE server_id = $1 ORDER BY id',
      [server],
    );
    const users = await this.database.query<McpUserGrantRow>(
      'SELECT * FROM mcp_user_grants WHERE server_id = $1 ORDER BY id',
      [server],
    );
    return { agents, users };
  }
}

function values({ enabled, tool_allow, tool_deny, granted_by }: McpGrantTerms): unknown[] {
  return [enabled, jsonbOrNull(tool_allow), jsonbOrNull(tool_deny), granted_by];
}

function jsonbOrNull(value: unknown): string | null {
  return value === null ? null : toJsonb(value);
}

function present<T>(row: T | undefined): T {
  if (row === undefined) throw new TypeError('INSERT gave no row back.');
  return row;
}

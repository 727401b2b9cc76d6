import { Injectable } from '@nestjs/common';
import { CacheInvalidated } from '#bus';
import type { Caller } from '#contracts';
import { badField, Changes, RecordError } from '#permissions';
import {
  agentExists,
  type McpAgentGrantRow,
  McpGrantStore,
  McpServerStore,
  type McpUserGrantRow,
  type Queryable,
} from '#store';

export interface GrantTerms {
  readonly enabled?: boolean;
  /** Names of tools; absent: every one. */
  readonly tool_allow?: readonly string[] | null;
  /** Wins over `tool_allow`. */
  readonly tool_deny?: readonly string[] | null;
}

export interface AgentGrantInput extends GrantTerms {
  readonly agent_id: string;
  readonly config_overrides?: GrantOverrides | null;
}

/** What of a server is another way for one agent. It narrows, like the rest of a grant. */
export interface GrantOverrides {
  /** Seconds that one call may take; not more than the server's own. */
  readonly timeout_sec?: number;
}

export interface UserGrantInput extends GrantTerms {
  readonly user_id: string;
}

/** Which agents and users may use which MCP server. Granting again changes the terms. */
@Injectable()
export class McpGrants {
  constructor(
    private readonly changes: Changes,
    private readonly servers: McpServerStore,
    private readonly grants: McpGrantStore,
  ) {}

  grantAgent(caller: Caller, server: string, input: AgentGrantInput): Promise<McpAgentGrantRow> {
    return this.change(caller, server, 'mcp_grant.create', (tx) =>
      this.agentGrant(tx, caller, server, input),
    );
  }

  grantUser(caller: Caller, server: string, input: UserGrantInput): Promise<McpUserGrantRow> {
    return this.change(caller, server, 'mcp_grant.create', (tx) => this.userGrant(tx, caller, server, input));
  }

  /** `undefined` when there was nothing to revoke. */
  revokeAgent(caller: Caller, server: string, agent: string): Promise<McpAgentGrantRow | undefined> {
    return this.change(caller, server, 'mcp_grant.delete', (tx) =>
      this.grants.revokeAgent(tx, server, agent),
    );
  }

  revokeUser(caller: Caller, server: string, user: string): Promise<McpUserGrantRow | undefined> {
    return this.change(caller, server, 'mcp_grant.delete', (tx) => this.grants.revokeUser(tx, server, user));
  }

  ofAgent(agent: string): Promise<McpAgentGrantRow[]> {
    return this.grants.ofAgent(agent);
  }

  /** @throws RecordError `not-found` */
  async ofServer(server: string): Promise<{ agents: McpAgentGrantRow[]; users: McpUserGrantRow[] }> {
    if (!(await this.servers.find(server))) throw noServer(server);
    return this.grants.ofServer(server);
  }

  /** In the transaction of who grants it. @throws RecordError for an agent that does not exist, or too much time */
  async agentGrant(
    tx: Queryable,
    caller: Caller,
    server: string,
    { agent_id, config_overrides = null, ...terms }: AgentGrantInput,
  ): Promise<McpAgentGrantRow> {
    if (!(await agentExists(tx, agent_id))) throw badField('agent_id', 'is not the id of an agent');
    const limit = (await this.servers.locked(tx, server))?.timeout_sec;
    if (limit !== undefined && (config_overrides?.timeout_sec ?? 0) > limit)
      throw badField(
        'config_overrides.timeout_sec',
        `is at most the timeout_sec of the server, which is ${limit}. Raise that of the server first`,
      );
    return this.grants.grantAgent(tx, server, agent_id, {
      ...termsOf(caller, terms),
      config_overrides: config_overrides && { ...config_overrides },
    });
  }

  userGrant(
    tx: Queryable,
    caller: Caller,
    server: string,
    { user_id, ...terms }: UserGrantInput,
  ): Promise<McpUserGrantRow> {
    return this.grants.grantUser(tx, server, user_id, termsOf(caller, terms));
  }

  private change<T extends object | undefined>(
    caller: Caller,
    server: string,
    action: string,
    work: (tx: Queryable) => Promise<T>,
  ): Promise<T> {
    return this.changes.commit(caller, async (tx) => {
      if (!(await this.servers.locked(tx, server))) throw noServer(server);
      const result = await work(tx);
      const shown = action.endsWith('delete') ? { before: result } : { after: result };
      return {
        action,
        target: { type: 'mcp_server', id: server },
        ...(result && shown),
        events: [new CacheInvalidated('mcp', server)],
        result,
      };
    });
  }
}

export function noServer(id: string): RecordError {
  return new RecordError('not-found', `There is no MCP server ${id.slice(0, 100)}.`);
}

function termsOf(caller: Caller, { enabled = true, tool_allow = null, tool_deny = null }: GrantTerms) {
  return { enabled, tool_allow, tool_deny, granted_by: caller.userId };
}

import { Injectable } from '@nestjs/common';
import { CacheInvalidated } from '#bus';
import type { Caller } from '#contracts';
import { badField, Changes, PermissionError, RecordError } from '#permissions';
import {
  agentExists,
  type McpRequestRow,
  type McpRequestStatus,
  McpRequestStore,
  McpServerStore,
  type Page,
  type PageRequest,
  type Queryable,
} from '#store';
import { McpGrants, noServer } from './mcp-grants.js';

export interface AccessRequestInput {
  readonly server_id: string;
  readonly scope: 'agent' | 'user';
  /** For scope `agent`. */
  readonly agent_id?: string | null;
  /** For scope `user`; absent: the caller. */
  readonly user_id?: string | null;
  readonly reason?: string | null;
  readonly tool_allow?: readonly string[] | null;
}

/** Access to MCP servers that people ask for, and admins grant or refuse. */
@Injectable()
export class McpRequests {
  constructor(
    private readonly changes: Changes,
    private readonly servers: McpServerStore,
    private readonly requests: McpRequestStore,
    private readonly grants: McpGrants,
  ) {}

  /** Whether the caller may ask for the agent is the caller's to have checked. @throws RecordError; StoreError `conflict` */
  create(caller: Caller, input: AccessRequestInput): Promise<McpRequestRow> {
    const { server_id, scope, reason = null, tool_allow = null } = input;
    return this.changes.commit(caller, async (tx) => {
      const server = await this.servers.locked(tx, server_id);
      if (!server) throw noServer(server_id);
      const whom = scope === 'agent' ? await forAgent(tx, input) : forUser(caller, input);
      const row = { server_id: server.id, scope, reason, tool_allow, requested_by: caller.userId, ...whom };
      const result = await this.requests.insert(tx, row);
      const target = { type: 'mcp_request', id: result.id };
      return { action: 'mcp_request.create', target, after: result, result };
    });
  }

  /** Oldest first; an admin sees those of all, everybody else their own. */
  page(
    caller: Caller,
    filter: { status?: McpRequestStatus; server?: string },
    request: PageRequest,
  ): Promise<Page<McpRequestRow>> {
    return this.requests.page(
      { ...filter, ...(caller.role !== 'admin' && { requestedBy: caller.userId }) },
      request,
    );
  }

  /** Grants what was asked for, or refuses it, once. @throws RecordError */
  review(caller: Caller, id: string, approved: boolean, note: string | null): Promise<McpRequestRow> {
    return this.changes.commit(caller, async (tx) => {
      const before = await this.requests.locked(tx, id);
      if (!before) throw new RecordError('not-found', `There is no request ${id.slice(0, 100)}.`);
      if (before.status !== 'pending')
        throw new RecordError(
          'precondition',
          `The request was ${before.status} by ${before.reviewed_by} already.`,
        );
      if (approved) await this.grant(tx, caller, before);
      const status = approved ? 'approved' : 'rejected';
      const result = await this.requests.review(tx, id, { status, reviewed_by: caller.userId, note });
      if (!result) throw new TypeError('UPDATE gave no row back.');
      return {
        action: approved ? 'mcp_request.approve' : 'mcp_request.reject',
        target: { type: 'mcp_request', id },
        before,
        after: result,
        events: approved ? [new CacheInvalidated('mcp', before.server_id)] : [],
        result,
      };
    });
  }

  private async grant(tx: Queryable, caller: Caller, request: McpRequestRow): Promise<void> {
    const { server_id, agent_id, user_id, tool_allow } = request;
    if (agent_id !== null) await this.grants.agentGrant(tx, caller, server_id, { agent_id, tool_allow });
    else if (user_id !== null) await this.grants.userGrant(tx, caller, server_id, { user_id, tool_allow });
  }
}

async function forAgent(
  tx: Queryable,
  { agent_id }: AccessRequestInput,
): Promise<Pick<McpRequestRow, 'agent_id' | 'user_id'>> {
  if (!agent_id) throw badField('agent_id', 'is required for the scope agent');
  if (!(await agentExists(tx, agent_id))) throw badField('agent_id', 'is not the id of an agent');
  return { agent_id, user_id: null };
}

function forUser(
  caller: Caller,
  { user_id }: AccessRequestInput,
): Pick<McpRequestRow, 'agent_id' | 'user_id'> {
  const user = user_id || caller.userId;
  if (user !== caller.userId && caller.role !== 'admin')
    throw new PermissionError(
      'role',
      'Only an admin asks for other users. Leave user_id out to ask for yourself.',
    );
  return { agent_id: null, user_id: user };
}

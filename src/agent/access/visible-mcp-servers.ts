import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import { McpCatalog, McpGrants, noServer } from '#mcp';
import { RecordError } from '#permissions';
import { AgentAccess } from './agent-access.js';

/**
 * MCP servers that a caller may know of: those of the configuration are for everybody; of the others, an agent that he may
 * use has them, and his own grant does not close them.
 */
@Injectable()
export class VisibleMcpServers {
  constructor(
    private readonly catalog: McpCatalog,
    private readonly grants: McpGrants,
    private readonly access: AgentAccess,
  ) {}

  /** @throws RecordError `not-found` */
  async require(caller: Caller, id: string): Promise<void> {
    const terms = await this.catalog.find(id);
    if (terms && terms.id === undefined) return;
    const { agents, users } = await this.grants.ofServer(id);
    if (caller.role === 'admin') return;
    const usable = new Set((await this.access.list(caller)).map((agent) => agent.id));
    const isOpen = agents.some(({ agent_id, enabled }) => enabled && usable.has(agent_id));
    const isClosed = users.some(({ user_id, enabled }) => user_id === caller.userId && !enabled);
    if (!isOpen || isClosed) throw noServer(id);
  }

  /** One in use, by its name or its id; one that is not visible is as one that is not there. @throws RecordError `not-found` */
  async named(caller: Caller, server: string): Promise<{ readonly key: string; readonly name: string }> {
    const servers = await this.catalog.list();
    const found = servers.find(({ key, name }) => key === server || name === server);
    if (!found) throw noServer(server);
    await this.require(caller, found.key).catch((error: unknown) => {
      throw error instanceof RecordError ? noServer(server) : error;
    });
    return found;
  }
}

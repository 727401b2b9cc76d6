import { Injectable } from '@nestjs/common';
import { AgentAccess } from '#agent';
import type { Caller } from '#contracts';
import { McpCatalog, McpGrants, noServer } from '#mcp';

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
}

import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { ToolUser } from '#contracts';
import { type McpAgentGrantRow, McpGrantStore, type McpUserGrantRow } from '#store';
import type { McpServerTerms } from '../server/server-terms.js';
import { EVERY_TOOL, mergeGrants, type ToolTerms } from './tool-terms.js';

const AGENTS_KNOWN_MAX = 1_000;
const USERS_KNOWN_MAX = 5_000;
/** Should the news of a change be lost. */
const TTL_MS = 60_000;

/** Who has which MCP server, by what is granted now. Answers from memory until a grant changes, here or elsewhere. */
@Injectable()
export class McpAccess {
  private readonly agents = new LRUCache<string, readonly McpAgentGrantRow[]>({
    max: AGENTS_KNOWN_MAX,
    ttl: TTL_MS,
  });
  private readonly users = new LRUCache<string, readonly McpUserGrantRow[]>({
    max: USERS_KNOWN_MAX,
    ttl: TTL_MS,
  });
  /** Raised whenever something is dropped: what was read before must not be remembered after it. */
  private drops = 0;

  constructor(private readonly grants: McpGrantStore) {}

  /** `undefined`: the server is not for this user of this agent. */
  async termsFor(server: McpServerTerms, { caller, agent }: ToolUser): Promise<ToolTerms | undefined> {
    if (server.id === undefined) return EVERY_TOOL;
    const ofAgent = (await this.ofAgent(agent.id)).find(({ server_id }) => server_id === server.id);
    if (!ofAgent?.enabled) return undefined;
    const ofUser = await this.ofUser(caller.userId);
    return mergeGrants(
      ofAgent,
      ofUser.find(({ server_id }) => server_id === server.id),
    );
  }

  forget(): void {
    this.drops += 1;
    this.agents.clear();
    this.users.clear();
  }

  private async ofAgent(id: string): Promise<readonly McpAgentGrantRow[]> {
    const known = this.agents.get(id);
    if (known) return known;
    const { drops } = this;
    const rows = await this.grants.ofAgent(id);
    if (drops === this.drops) this.agents.set(id, rows);
    return rows;
  }

  private async ofUser(userId: string): Promise<readonly McpUserGrantRow[]> {
    const known = this.users.get(userId);
    if (known) return known;
    const { drops } = this;
    const rows = userId === '' ? [] : await this.grants.ofUser({ userId });
    if (drops === this.drops) this.users.set(userId, rows);
    return rows;
  }
}

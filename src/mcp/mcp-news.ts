import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { CacheInvalidated, CachesStale, ConfigChanged } from '#bus';
import { McpAccess } from './access/mcp-access.js';
import { McpConnections } from './connection/mcp-connections.js';
import { McpTokens } from './oauth/mcp-tokens.js';
import { McpCatalog } from './server/mcp-catalog.js';

/** Hears of changes of servers, grants and tokens, here and on other replicas, and lets nothing old be used. */
@EventsHandler(CacheInvalidated, CachesStale, ConfigChanged)
export class McpNews implements IEventHandler<CacheInvalidated | CachesStale | ConfigChanged> {
  constructor(
    private readonly catalog: McpCatalog,
    private readonly access: McpAccess,
    private readonly tokens: McpTokens,
    private readonly connections: McpConnections,
  ) {}

  async handle(event: CacheInvalidated | CachesStale | ConfigChanged): Promise<void> {
    if (event instanceof ConfigChanged && !event.touches('tools.mcp_servers')) return;
    if (event instanceof CacheInvalidated && event.cache !== 'mcp') return;
    this.access.forget();
    this.tokens.forget();
    this.catalog.forget();
    this.connections.retain(await this.catalog.list());
  }
}

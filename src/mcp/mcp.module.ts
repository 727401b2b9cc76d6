import { Module } from '@nestjs/common';
import { McpAccess } from './access/mcp-access.js';
import { McpConnections } from './connection/mcp-connections.js';
import { McpGrants } from './mcp-grants.js';
import { McpNews } from './mcp-news.js';
import { McpRequests } from './mcp-requests.js';
import { McpServers } from './mcp-servers.js';
import { McpStatus } from './mcp-status.js';
import { CallbackUrl } from './oauth/callback-url.js';
import { McpOAuth } from './oauth/mcp-oauth.js';
import { McpTokens } from './oauth/mcp-tokens.js';
import { OAuthClients } from './oauth/oauth-clients.js';
import { OAuthFetch } from './oauth/oauth-fetch.js';
import { McpCatalog } from './server/mcp-catalog.js';
import { McpCalls } from './tools/mcp-calls.js';
import { McpToolSource } from './tools/mcp-tool-source.js';

/** MCP servers: what admins keep of them, the connections to them, and their tools for agents. */
@Module({
  providers: [
    McpGrants,
    McpRequests,
    McpServers,
    McpAccess,
    McpCatalog,
    McpConnections,
    McpNews,
    McpStatus,
    McpCalls,
    McpToolSource,
    CallbackUrl,
    McpOAuth,
    McpTokens,
    OAuthClients,
    OAuthFetch,
  ],
  exports: [CallbackUrl, McpCatalog, McpGrants, McpRequests, McpServers, McpStatus, McpOAuth, OAuthClients],
})
export class McpModule {}

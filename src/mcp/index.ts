export { MCP_TRANSPORTS, type McpTransport } from './mcp-input.js';
export { McpConfig } from './mcp.config.js';
export { McpGrants, noServer } from './mcp-grants.js';
export { McpModule } from './mcp.module.js';
export { McpOAuth } from './oauth/mcp-oauth.js';
export { McpRequests } from './mcp-requests.js';
export { McpServers } from './mcp-servers.js';
export { McpStatus, type McpTestResult } from './mcp-status.js';
export { OAuthClients } from './oauth/oauth-clients.js';

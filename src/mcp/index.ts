export { MCP_TRANSPORTS, type McpTransport } from './mcp-input.js';
export { McpGrants } from './mcp-grants.js';
export { McpModule } from './mcp.module.js';
export { McpRequests } from './mcp-requests.js';
export { McpServers } from './mcp-servers.js';

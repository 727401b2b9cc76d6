import { Module } from '@nestjs/common';
import { McpGrants } from './mcp-grants.js';
import { McpRequests } from './mcp-requests.js';
import { McpServers } from './mcp-servers.js';

/** Records of MCP servers; connections to them come with their runtime. */
@Module({
  providers: [McpGrants, McpRequests, McpServers],
  exports: [McpGrants, McpRequests, McpServers],
})
export class McpModule {}

/** JSON-RPC 2.0, as the Model Context Protocol has it; MCP clients write it. */
export class McpMessageDto {
  jsonrpc!: '2.0';
  /** Absent for notifications. */
  id?: string;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
}

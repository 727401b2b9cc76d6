/** MCP servers. */
export interface McpMethods {
  /** Begins a sign-in at an MCP server: the address that the user opens in his browser. It works once, and not for long. */
  'mcp.signIn': {
    params: {
      /** Its name, or its id. */
      server: string;
    };
    result: { server: string; authorizationUrl: string; expiresAt: string };
  };
}

import type { AuthorizationServer } from './authorization-server.js';
import { ScriptedMcpServer, tool } from './scripted-mcp-server.js';

/** An MCP server that lets nobody in but those whom an authorization server has given a token, and tells them apart. */
export async function startProtected(authorization: AuthorizationServer): Promise<ScriptedMcpServer> {
  const server = await ScriptedMcpServer.start();
  server.tools = [tool('whoami')];
  const origin = new URL(server.url).origin;
  const metadataUrl = `${origin}/.well-known/oauth-protected-resource/mcp`;
  const isLetIn = (header: string | undefined): boolean =>
    authorization.tokens.has((header ?? '').replace(/^Bearer /, ''));
  for (const method of ['initialize', 'tools/list', 'tools/call', 'notifications/initialized', 'ping'])
    server.plays.set(method, ({ headers }) =>
      isLetIn(headers.authorization)
        ? undefined
        : {
            status: 401,
            headers: { 'www-authenticate': `Bearer resource_metadata="${metadataUrl}", scope="tools"` },
          },
    );
  server.plays.set('GET /.well-known/oauth-protected-resource/mcp', () => (response) => {
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ resource: server.url, authorization_servers: [authorization.url] }));
  });
  return server;
}

import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { AuthorizationServerMetadata } from '@modelcontextprotocol/sdk/shared/auth.js';
import { McpError } from '../mcp.errors.js';

/** Where users of a server sign in. */
export interface Discovered {
  readonly issuer: string;
  readonly metadata: AuthorizationServerMetadata;
  /** The resource indicator of the server, as it says itself. */
  readonly resource?: string;
  readonly scope?: string;
}

/**
 * Finds the authorization server of an MCP server: the one that an admin named, else the one that the server names.
 * @throws McpError when there is none, or it is not who it says
 */
export async function discover(
  serverUrl: string,
  fetchFn: FetchLike,
  named: string | undefined,
): Promise<Discovered> {
  const sdk = await import('@modelcontextprotocol/sdk/client/auth.js');
  const { checkResourceAllowed, resourceUrlFromServerUrl } =
    await import('@modelcontextprotocol/sdk/shared/auth-utils.js');
  const { resourceMetadataUrl, scope } = await challenge(serverUrl, fetchFn);
  const found = await sdk.discoverOAuthServerInfo(serverUrl, {
    fetchFn,
    ...(resourceMetadataUrl && { resourceMetadataUrl }),
  });
  const { resourceMetadata } = found;
  const issuer = named ?? found.authorizationServerUrl;
  const metadata =
    issuer === found.authorizationServerUrl
      ? found.authorizationServerMetadata
      : await sdk.discoverAuthorizationServerMetadata(issuer, { fetchFn });
  if (!metadata)
    throw new McpError(
      'invalid',
      `${issuer} does not say how to sign in (no OAuth metadata). An admin can name another authorization server.`,
    );
  requireIssuer(metadata.issuer, issuer);
  const resource = resourceMetadata?.resource;
  if (
    resource !== undefined &&
    !checkResourceAllowed({
      requestedResource: resourceUrlFromServerUrl(serverUrl),
      configuredResource: resource,
    })
  )
    throw new McpError(
      'invalid',
      'The MCP server says that it is another one; nobody is sent to sign in for it.',
    );
  const wanted = scope ?? resourceMetadata?.scopes_supported?.join(' ');
  return {
    issuer,
    metadata,
    ...(resource !== undefined && { resource }),
    ...(wanted !== undefined && wanted !== '' && { scope: wanted }),
  };
}

/** What the server says to who comes without credentials. */
async function challenge(
  serverUrl: string,
  fetchFn: FetchLike,
): Promise<{ resourceMetadataUrl?: URL; scope?: string }> {
  const { extractWWWAuthenticateParams } = await import('@modelcontextprotocol/sdk/client/auth.js');
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'ping' }),
  };
  try {
    const response = await fetchFn(serverUrl, init);
    return response.status === 401 ? extractWWWAuthenticateParams(response) : {};
  } catch {
    // Its well-known addresses are asked next; they say what is wrong.
    return {};
  }
}

/** RFC 8414: who answers for an issuer must say its name. */
function requireIssuer(said: string, expected: string): void {
  const bare = (url: string): string => url.replace(/\/+$/, '');
  if (bare(said) !== bare(expected))
    throw new McpError(
      'invalid',
      `The authorization server ${expected} says that it is ${said.slice(0, 200)}; nobody is sent there.`,
    );
}

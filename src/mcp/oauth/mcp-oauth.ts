import type { AuthorizationServerMetadata } from '@modelcontextprotocol/sdk/shared/auth.js';
import { Injectable } from '@nestjs/common';
import { createHash, randomBytes } from 'node:crypto';
import { CacheInvalidated } from '#bus';
import type { Caller } from '#contracts';
import { AppError } from '#kernel';
import { Changes, RecordError, SealedFields } from '#permissions';
import { type McpFlowRow, McpOAuthStore } from '#store';
import { noServer } from '../mcp-grants.js';
import { McpError } from '../mcp.errors.js';
import { McpCatalog } from '../server/mcp-catalog.js';
import { isHttp, type McpServerTerms } from '../server/server-terms.js';
import { discover } from './discovery.js';
import { McpTokens, adminOrigin, metadataOf, originsOf } from './mcp-tokens.js';
import { OAuthClients } from './oauth-clients.js';
import { OAuthFetch } from './oauth-fetch.js';
import type { KeptFlow, KeptTokens } from './sealed-tokens.js';

const FLOW_TTL_MS = 10 * 60_000;
const STATE_BYTES = 32;

export interface Authorization {
  /** To be opened in the user's browser. */
  readonly authorization_url: string;
  readonly expires_at: string;
}

/** A sign-in that waits for its user to confirm it. */
export interface WaitingSignIn {
  readonly server: string;
  readonly userId: string;
}

/** What came back with the browser. */
export interface SignInAnswer {
  readonly state: string;
  readonly code?: string;
  /** RFC 9207: who answers. */
  readonly iss?: string;
  readonly error?: string;
}

export interface TokenView {
  readonly connected: true;
  readonly scope: string;
  readonly expires_at?: string;
  readonly updated_at: string;
}

/** Lets users sign in at MCP servers, each for himself. */
@Injectable()
export class McpOAuth {
  constructor(
    private readonly catalog: McpCatalog,
    private readonly store: McpOAuthStore,
    private readonly clients: OAuthClients,
    private readonly tokens: McpTokens,
    private readonly fetches: OAuthFetch,
    private readonly sealed: SealedFields,
    private readonly changes: Changes,
  ) {}

  /**
   * The address at which the user signs in. Whether he may know of the server is the caller's to have checked.
   * @throws RecordError; McpError when the server, or its authorization server, does not play along
   */
  async authorize(caller: Caller, serverKey: string, redirectUri: string): Promise<Authorization> {
    const terms = await this.serverOf(serverKey);
    const named = await this.clients.registered(serverKey);
    const fetchFn = this.fetches.for([...originsOf(terms), ...(named ? adminOrigin({ client: named }) : [])]);
    try {
      const found = await discover(terms.address.url, fetchFn, named?.issuer);
      const client = named ?? (await this.clients.register(caller, serverKey, found, redirectUri, fetchFn));
      const state = randomBytes(STATE_BYTES).toString('base64url');
      const { startAuthorization } = await import('@modelcontextprotocol/sdk/client/auth.js');
      const { issuer, metadata, resource } = found;
      const scope = client.scope ?? found.scope;
      const { authorizationUrl, codeVerifier } = await startAuthorization(issuer, {
        metadata,
        clientInformation: client,
        redirectUrl: redirectUri,
        state,
        ...(scope !== undefined && { scope }),
        ...(resource !== undefined && { resource }),
      });
      requireWebAddress(authorizationUrl);
      const flow: KeptFlow = {
        origin: new URL(terms.address.url).origin,
        issuer,
        tokenEndpoint: metadata.token_endpoint,
        ...(metadata.token_endpoint_auth_methods_supported && {
          authMethods: metadata.token_endpoint_auth_methods_supported,
        }),
        ...revocationOf(metadata),
        client,
        ...(resource !== undefined && { resource }),
        verifier: codeVerifier,
        redirectUri,
      };
      const expires = await this.store.insertFlow(caller, {
        serverKey,
        stateHash: hashOf(state),
        flow: this.seal(flow),
        ttlMs: FLOW_TTL_MS,
      });
      return { authorization_url: authorizationUrl.href, expires_at: expires.toISOString() };
    } catch (error) {
      throw told(error, terms.name);
    }
  }

  /** For whom a sign-in is, so that the one in front of the browser can see whether it is his. */
  async waiting(state: string): Promise<WaitingSignIn> {
    const row = await this.store.flow(hashOf(state));
    if (!row) throw noFlow();
    return { server: (await this.serverOf(row.server_key)).name, userId: row.user_id };
  }

  /** Exchanges what came back for tokens of the user who began. Once. @throws RecordError; McpError */
  async finish({ state, code, iss, error }: SignInAnswer): Promise<WaitingSignIn> {
    const row = await this.store.takeFlow(hashOf(state));
    if (!row) throw noFlow();
    const terms = await this.serverOf(row.server_key);
    const flow = this.openFlow(row, terms);
    if (error !== undefined || code === undefined)
      throw new McpError(
        'forbidden',
        `The authorization server did not let you in (${(error ?? 'no code').slice(0, 100)}).`,
      );
    if (iss !== undefined && iss.replace(/\/+$/, '') !== flow.issuer.replace(/\/+$/, ''))
      throw new McpError(
        'invalid',
        'The answer came from another authorization server than the one that was asked.',
      );
    try {
      await this.exchange(row, terms, flow, code);
    } catch (cause) {
      throw told(cause, terms.name);
    }
    return { server: terms.name, userId: row.user_id };
  }

  /** @throws RecordError `not-found` */
  async token(caller: Caller, serverKey: string): Promise<TokenView> {
    const row = await this.store.tokensOf(caller, serverKey);
    if (!row)
      throw new RecordError(
        'not-found',
        `You have not signed in at the MCP server ${serverKey.slice(0, 100)}.`,
      );
    const { scope, expires_at, updated_at } = row;
    return {
      connected: true,
      scope,
      ...(expires_at && { expires_at: expires_at.toISOString() }),
      updated_at: updated_at.toISOString(),
    };
  }

  /**
   * Forgets the caller’s tokens, then tells the authorization server, where that wants to know. `undefined`: there were
   * none; else whether they are void there, too.
   */
  async signOut(caller: Caller, serverKey: string): Promise<boolean | undefined> {
    const row = await this.store.tokensOf(caller, serverKey);
    if (!row) return undefined;
    await this.changes.commit(caller, async (tx) => {
      await this.store.removeTokens(tx, caller, serverKey);
      return {
        action: 'mcp_oauth.sign_out',
        target: { type: 'mcp_server', id: serverKey },
        events: [new CacheInvalidated('mcp', serverKey)],
        result: undefined,
      };
    });
    return this.tokens.revoke(row, await this.catalog.find(serverKey));
  }

  private async exchange(
    row: McpFlowRow,
    terms: McpServerTerms,
    flow: KeptFlow,
    code: string,
  ): Promise<void> {
    const { exchangeAuthorization } = await import('@modelcontextprotocol/sdk/client/auth.js');
    const { verifier, redirectUri, ...place } = flow;
    const given = await exchangeAuthorization(flow.issuer, {
      metadata: metadataOf(flow),
      clientInformation: flow.client,
      authorizationCode: code,
      codeVerifier: verifier,
      redirectUri,
      ...(flow.resource !== undefined && { resource: flow.resource }),
      fetchFn: this.fetches.for([...originsOf(terms), ...adminOrigin(flow)]),
    });
    const { access_token: access, refresh_token: refresh, expires_in, scope = '' } = given;
    const stored = this.tokens.stored(
      { ...place, access, ...(refresh !== undefined && { refresh }) },
      scope,
      expires_in,
    );
    const user = callerOf(row.user_id);
    await this.changes.commit(user, async (tx) => {
      await this.store.saveTokens(tx, user, row.server_key, stored);
      return {
        action: 'mcp_oauth.sign_in',
        target: { type: 'mcp_server', id: row.server_key },
        after: { scope, issuer: flow.issuer },
        events: [new CacheInvalidated('mcp', row.server_key)],
        result: undefined,
      };
    });
  }

  private async serverOf(
    key: string,
  ): Promise<McpServerTerms & { readonly address: { readonly url: string } }> {
    const terms = await this.catalog.find(key);
    if (!terms) throw noServer(key);
    const { address } = terms;
    if (!isHttp(address))
      throw new RecordError(
        'precondition',
        `The MCP server ${terms.name} is a program; nobody signs in at it.`,
      );
    return { ...terms, address };
  }

  private openFlow({ flow }: McpFlowRow, terms: McpServerTerms): KeptFlow {
    const opened = JSON.parse(this.sealed.openText(flow)) as KeptFlow;
    if (!originsOf(terms).includes(opened.origin)) throw noFlow();
    return opened;
  }

  private seal(value: object): string {
    const sealed = this.sealed.text(JSON.stringify(value));
    if (typeof sealed !== 'string') throw new TypeError('A sign-in was not sealed.');
    return sealed;
  }
}

/** RFC 8414: where it does not say how clients authenticate there, it is as at the token endpoint. */
function revocationOf(metadata: AuthorizationServerMetadata): Pick<KeptTokens, 'revocation'> {
  // Of the two kinds of metadata, one is not checked for these.
  const said: Readonly<Record<string, unknown>> = { ...metadata };
  const endpoint = said['revocation_endpoint'];
  const own = said['revocation_endpoint_auth_methods_supported'];
  if (typeof endpoint !== 'string') return {};
  const isList = Array.isArray(own) && own.every((one) => typeof one === 'string');
  const authMethods = isList ? own : metadata.token_endpoint_auth_methods_supported;
  return { revocation: { endpoint, ...(authMethods && { authMethods }) } };
}

function hashOf(state: string): Buffer {
  return createHash('sha256').update(state).digest();
}

function noFlow(): RecordError {
  return new RecordError(
    'not-found',
    'This sign-in is not known, was used already, or took too long. Begin again.',
  );
}

/** Who signs in is known by his flow alone: for the audit log. */
function callerOf(userId: string): Caller {
  return { userId, role: 'none', scopes: [], credential: { kind: 'anonymous' } };
}

/** What a hostile server names must not do anything in the browser but sign somebody in. */
function requireWebAddress(url: URL): void {
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new McpError('invalid', 'The authorization server named an address that is no web page.');
}

function told(error: unknown, server: string): unknown {
  if (error instanceof AppError) return error;
  const name = error instanceof Error ? error.name : 'unknown';
  return new McpError(
    'invalid',
    `Signing in at the MCP server ${server} failed at its authorization server (${name}).`,
    {
      cause: error,
    },
  );
}

import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import { badField, Changes, RecordError, SealedFields } from '#permissions';
import { McpOAuthStore, McpServerStore } from '#store';
import { CacheInvalidated } from '#bus';
import { noServer } from '../mcp-grants.js';
import { McpError } from '../mcp.errors.js';
import { McpCatalog } from '../server/mcp-catalog.js';
import type { Discovered } from './discovery.js';
import type { KeptClient } from './sealed-tokens.js';

const CLIENT_NAME = 'GoClaw';

/** A client that an admin registered at an authorization server. */
export interface OAuthClientInput {
  readonly client_id: string;
  readonly client_secret?: string | null;
  /** Its issuer: the secret goes to nobody else. */
  readonly authorization_server: string;
  readonly scope?: string | null;
}

export interface OAuthClientView {
  readonly client_id: string;
  readonly client_secret?: '***';
  readonly authorization_server: string;
  readonly scope?: string;
  /** Whether an admin registered it; else the gateway did. */
  readonly manual: boolean;
}

/** What the gateway is at the authorization servers of MCP servers: registered by an admin, or by itself (RFC 7591). */
@Injectable()
export class OAuthClients {
  constructor(
    private readonly store: McpOAuthStore,
    private readonly servers: McpServerStore,
    private readonly catalog: McpCatalog,
    private readonly sealed: SealedFields,
    private readonly changes: Changes,
  ) {}

  /** The one of an admin, if there is one. */
  async registered(serverKey: string): Promise<KeptClient | undefined> {
    const client = await this.stored(serverKey);
    return client?.redirect_uri === undefined ? client : undefined;
  }

  /** The one that the gateway registered there before, else a new one. @throws McpError */
  async register(
    caller: Caller,
    serverKey: string,
    { issuer, metadata, scope }: Discovered,
    redirectUri: string,
    fetchFn: FetchLike,
  ): Promise<KeptClient> {
    const known = await this.stored(serverKey);
    if (known?.issuer === issuer && known.redirect_uri === redirectUri) return known;
    if (metadata.registration_endpoint === undefined)
      throw new McpError(
        'unauthorized',
        `The authorization server ${issuer} registers nobody by itself. An admin registers a client there and sets it: PUT /v1/mcp/servers/${encodeURIComponent(serverKey)}/oauth/client.`,
      );
    const { registerClient } = await import('@modelcontextprotocol/sdk/client/auth.js');
    const made = await registerClient(issuer, {
      metadata,
      clientMetadata: {
        client_name: CLIENT_NAME,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
      },
      ...(scope !== undefined && { scope }),
      fetchFn,
    });
    const { client_id, client_secret, token_endpoint_auth_method } = made;
    const client: KeptClient = {
      client_id,
      ...(client_secret !== undefined && { client_secret }),
      ...(token_endpoint_auth_method !== undefined && { token_endpoint_auth_method }),
      issuer,
      redirect_uri: redirectUri,
    };
    await this.save(caller, serverKey, client);
    return client;
  }

  /** @throws RecordError */
  async set(caller: Caller, serverKey: string, input: OAuthClientInput): Promise<OAuthClientView> {
    await this.requireServer(serverKey);
    const before = await this.registered(serverKey);
    const isSame = before?.client_id === input.client_id && before.issuer === input.authorization_server;
    const given = input.client_secret;
    if (given === '***' && !isSame)
      throw badField('client_secret', 'is required again for another client or server');
    const secret =
      given === '***' || (given === undefined && isSame) ? before?.client_secret : (given ?? undefined);
    const client: KeptClient = {
      client_id: input.client_id,
      issuer: input.authorization_server,
      ...(secret !== undefined && secret !== '' && { client_secret: secret }),
      ...(input.scope && { scope: input.scope }),
    };
    await this.save(caller, serverKey, client);
    return show(client);
  }

  /** @throws RecordError `not-found` */
  async get(serverKey: string): Promise<OAuthClientView> {
    const client = await this.stored(serverKey);
    if (!client)
      throw new RecordError('not-found', 'The gateway is registered at no authorization server for it yet.');
    return show(client);
  }

  /** Idempotent. */
  async remove(caller: Caller, serverKey: string): Promise<void> {
    await this.requireServer(serverKey);
    await this.changes.commit(caller, async (tx) => {
      const wasThere = await this.store.removeClient(tx, serverKey);
      const target = { type: 'mcp_server', id: serverKey };
      return { action: 'mcp_oauth_client.delete', target, details: { wasThere }, result: undefined };
    });
  }

  /** Also one that is switched off, in the database. @throws RecordError */
  private async requireServer(key: string): Promise<void> {
    if (!((await this.servers.find(key)) ?? (await this.catalog.find(key)))) throw noServer(key);
  }

  private async save(caller: Caller, serverKey: string, client: KeptClient): Promise<void> {
    const text = this.sealed.text(JSON.stringify(client));
    if (typeof text !== 'string') throw new TypeError('A client was not sealed.');
    await this.changes.commit(caller, async (tx) => {
      await this.store.saveClient(tx, serverKey, text);
      return {
        action: 'mcp_oauth_client.set',
        target: { type: 'mcp_server', id: serverKey },
        after: show(client),
        events: [new CacheInvalidated('mcp', serverKey)],
        result: undefined,
      };
    });
  }

  private async stored(serverKey: string): Promise<KeptClient | undefined> {
    const text = await this.store.client(serverKey);
    if (text === undefined) return undefined;
    try {
      return JSON.parse(this.sealed.openText(text)) as KeptClient;
    } catch {
      // Sealed with a key that is lost: it is registered again.
      return undefined;
    }
  }
}

function show({ client_id, client_secret, issuer, scope, redirect_uri }: KeptClient): OAuthClientView {
  return {
    client_id,
    ...(client_secret !== undefined && { client_secret: '***' }),
    authorization_server: issuer,
    ...(scope !== undefined && { scope }),
    manual: redirect_uri === undefined,
  };
}

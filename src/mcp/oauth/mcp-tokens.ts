import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '#kernel';
import { SealedFields } from '#permissions';
import { McpOAuthStore, type McpTokenRow, type StoredTokens } from '#store';
import { McpError } from '../mcp.errors.js';
import { isHttp, type McpServerTerms } from '../server/server-terms.js';
import { OAuthFetch } from './oauth-fetch.js';
import { revokeTokens } from './revoke-tokens.js';
import type { KeptTokens } from './sealed-tokens.js';

const KNOWN_MAX = 5_000;
/** Should the news of a change be lost. */
const KNOWN_TTL_MS = 60_000;
/** Tokens are renewed when less than this is left of them. */
const RENEW_BEFORE_MS = 60_000;
/** Who renews them has so long; after it another one may try. */
const RENEW_LEASE_MS = 20_000;
const RENEW_POLL_MS = 250;

interface Known {
  readonly row: McpTokenRow | undefined;
  readonly kept: KeptTokens | undefined;
}

/** The tokens of users at MCP servers: given out to nobody but the connections of the user himself. */
@Injectable()
export class McpTokens {
  private readonly logger = new Logger('Mcp');
  private readonly known = new LRUCache<string, Known>({ max: KNOWN_MAX, ttl: KNOWN_TTL_MS });
  private readonly renewing = new Map<string, Promise<boolean>>();
  private drops = 0;

  constructor(
    private readonly store: McpOAuthStore,
    private readonly sealed: SealedFields,
    private readonly fetches: OAuthFetch,
    private readonly clock: Clock,
  ) {}

  /** Of the sign-in that the user's tokens came with; `undefined`: he has none. */
  async signInOf(terms: McpServerTerms, userId: string): Promise<string | undefined> {
    const { row, kept } = await this.of(terms, userId);
    return kept && row?.id;
  }

  /** `Bearer …`, renewed when it is about to expire. @throws McpError `unauthorized` when there is none */
  async authorization(terms: McpServerTerms, userId: string): Promise<string> {
    let { row, kept } = await this.of(terms, userId);
    if (row?.expires_at && row.expires_at.getTime() - this.clock.now() < RENEW_BEFORE_MS) {
      const isRenewed = await this.renew(terms, userId);
      ({ row, kept } = await this.of(terms, userId));
      if (!isRenewed && row?.expires_at && row.expires_at.getTime() <= this.clock.now()) kept = undefined;
    }
    if (!kept) throw signInFirst(terms);
    return `Bearer ${kept.access}`;
  }

  /** Whether there is another access token now, made here or on another replica. */
  renew(terms: McpServerTerms, userId: string): Promise<boolean> {
    const key = keyOf(terms, userId);
    const running = this.renewing.get(key);
    if (running) return running;
    const renewal = this.renewOnce(terms, userId).finally(() => this.renewing.delete(key));
    this.renewing.set(key, renewal);
    return renewal;
  }

  /**
   * Makes tokens that were forgotten void where they came from, as far as that is possible. Whether it was.
   * @param terms of the server, if there still is one
   */
  async revoke({ tokens }: Pick<McpTokenRow, 'tokens'>, terms: McpServerTerms | undefined): Promise<boolean> {
    const kept = this.read(tokens);
    if (!kept) return false;
    const fetchFn = this.fetches.for([...(terms ? originsOf(terms) : []), ...adminOrigin(kept)]);
    return revokeTokens(kept, fetchFn);
  }

  forget(): void {
    this.drops += 1;
    this.known.clear();
  }

  private async renewOnce(terms: McpServerTerms, userId: string): Promise<boolean> {
    const seen = (await this.of(terms, userId)).row;
    this.known.delete(keyOf(terms, userId));
    const { row, kept } = await this.of(terms, userId);
    if (!row || !kept) return false;
    // Somebody else was faster.
    if (seen && row.tokens !== seen.tokens) return true;
    if (kept.refresh === undefined) return false;
    if (!(await this.store.claimRefresh({ userId }, row, RENEW_LEASE_MS)))
      return this.awaitOther(terms, userId, row);
    try {
      const stored = await this.refreshed(terms, kept, kept.refresh, row.scope);
      await this.store.finishRefresh({ userId }, row, stored);
      return true;
    } catch (error) {
      await this.store.releaseRefresh({ userId }, row.id);
      // Without its text, which the authorization server wrote.
      this.logger.warn(`a token for the MCP server ${terms.name} could not be renewed (${nameOf(error)})`);
      return false;
    } finally {
      this.known.delete(keyOf(terms, userId));
    }
  }

  private async awaitOther(terms: McpServerTerms, userId: string, before: McpTokenRow): Promise<boolean> {
    const limit = this.clock.monotonic() + RENEW_LEASE_MS;
    while (this.clock.monotonic() < limit) {
      await this.clock.wait(RENEW_POLL_MS);
      this.known.delete(keyOf(terms, userId));
      const { row } = await this.of(terms, userId);
      if (row?.tokens !== before.tokens) return row !== undefined;
    }
    return false;
  }

  private async refreshed(
    terms: McpServerTerms,
    kept: KeptTokens,
    refreshToken: string,
    scope: string,
  ): Promise<StoredTokens> {
    const { refreshAuthorization } = await import('@modelcontextprotocol/sdk/client/auth.js');
    const tokens = await refreshAuthorization(kept.issuer, {
      metadata: metadataOf(kept),
      clientInformation: kept.client,
      refreshToken,
      ...(kept.resource !== undefined && { resource: kept.resource }),
      fetchFn: this.fetches.for([...originsOf(terms), ...adminOrigin(kept)]),
    });
    const { access_token: access, refresh_token: refresh, expires_in, scope: granted } = tokens;
    return this.stored(
      { ...kept, access, ...(refresh !== undefined && { refresh }) },
      granted ?? scope,
      expires_in,
    );
  }

  /** @param expiresInSec as the authorization server says */
  stored(kept: KeptTokens, scope: string, expiresInSec: number | undefined): StoredTokens {
    const tokens = this.sealed.text(JSON.stringify(kept));
    if (typeof tokens !== 'string') throw new TypeError('Tokens were not sealed.');
    const expires = expiresInSec === undefined ? undefined : this.clock.now() + expiresInSec * 1_000;
    return { tokens, scope, expires_at: expires === undefined ? null : new Date(expires) };
  }

  private async of(terms: McpServerTerms, userId: string): Promise<Known> {
    if (userId === '' || !isHttp(terms.address)) return { row: undefined, kept: undefined };
    const key = keyOf(terms, userId);
    const known = this.known.get(key);
    if (known) return known;
    const { drops } = this;
    const row = await this.store.tokensOf({ userId }, terms.key);
    const found = { row, kept: row && this.opened(row, terms) };
    if (drops === this.drops) this.known.set(key, found);
    return found;
  }

  private opened({ tokens }: McpTokenRow, terms: McpServerTerms): KeptTokens | undefined {
    const kept = this.read(tokens);
    return kept && originsOf(terms).includes(kept.origin) ? kept : undefined;
  }

  private read(tokens: string): KeptTokens | undefined {
    try {
      return JSON.parse(this.sealed.openText(tokens)) as KeptTokens;
    } catch {
      // Sealed with a key that is lost: the user signs in again.
      return undefined;
    }
  }
}

export function originsOf({ address }: McpServerTerms): string[] {
  return isHttp(address) ? [new URL(address.url).origin] : [];
}

/** Of an authorization server that an admin named; one that was registered by itself has an address of its own. */
export function adminOrigin({ client }: Pick<KeptTokens, 'client'>): string[] {
  return client.redirect_uri === undefined ? [new URL(client.issuer).origin] : [];
}

export function signInFirst({ name, key, id }: McpServerTerms): McpError {
  const how = `Sign in: /connect ${name} in goclaw chat, or POST /v1/mcp/servers/${encodeURIComponent(key)}/oauth/authorize gives the address to open in a browser${
    id === undefined ? '; or put credentials for everybody into its headers in tools.mcp_servers' : ''
  }.`;
  return new McpError('unauthorized', `The MCP server ${name} wants to know who you are. ${how}`);
}

/** What a refusal means for the user: where the server has no credentials for everybody, his own are asked for. */
export function unauthorizedFor(error: unknown, terms: McpServerTerms): unknown {
  if (!(error instanceof McpError) || error.reason !== 'unauthorized' || !isHttp(terms.address)) return error;
  const isKeyed = Object.keys(terms.address.headers).some((name) => name.toLowerCase() === 'authorization');
  return isKeyed ? error : signInFirst(terms);
}

/** What the SDK needs of an authorization server to speak to its token endpoint. */
export function metadataOf(kept: Pick<KeptTokens, 'issuer' | 'tokenEndpoint' | 'authMethods'>) {
  return {
    issuer: kept.issuer,
    authorization_endpoint: kept.tokenEndpoint,
    token_endpoint: kept.tokenEndpoint,
    response_types_supported: ['code'],
    ...(kept.authMethods && { token_endpoint_auth_methods_supported: [...kept.authMethods] }),
  };
}

function keyOf(terms: McpServerTerms, userId: string): string {
  return `${terms.key}\0${userId}`;
}

function nameOf(error: unknown): string {
  return error instanceof McpError ? error.reason : error instanceof Error ? error.name : 'unknown';
}

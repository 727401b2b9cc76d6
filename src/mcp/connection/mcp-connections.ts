import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { ToolUser } from '#contracts';
import { Clock } from '#kernel';
import { HostProcesses } from '#processes';
import { McpError } from '../mcp.errors.js';
import { LINK_IDLE_MS, SWEEP_INTERVAL_MS, USER_LINKS_MAX, USER_LINKS_PER_USER_MAX } from '../mcp.limits.js';
import { McpTokens, signInFirst } from '../oauth/mcp-tokens.js';
import { isHttp, type McpServerTerms } from '../server/server-terms.js';
import { forUser } from '../server/user-placeholders.js';
import { McpLink, type LinkStatus } from './mcp-link.js';

interface Place {
  readonly link: McpLink;
  readonly fingerprint: string;
  /** Absent: everybody shares it. */
  readonly userId?: string;
}

/**
 * The connections of this replica. A server has one for everybody, unless it is told who the user is or knows him by a
 * token: then each user has his own with each agent, and nobody else ever gets it.
 */
@Injectable()
export class McpConnections implements OnModuleDestroy {
  private readonly places = new Map<string, Place>();
  /** Not used any more; their calls end. */
  private readonly ending = new Set<McpLink>();
  private cancelSweep: (() => void) | undefined;
  private isStopped = false;

  constructor(
    private readonly tokens: McpTokens,
    private readonly processes: HostProcesses,
    private readonly clock: Clock,
  ) {}

  /** @throws McpError `unauthorized` when the user has to sign in first, `limit` */
  async linkFor(terms: McpServerTerms, user: ToolUser): Promise<McpLink> {
    const { userId } = user.caller;
    const signIn = await this.tokens.signInOf(terms, userId);
    const hasToken = signIn !== undefined;
    if (terms.needsOAuth && !hasToken) throw signInFirst(terms);
    const isOwn = terms.isPerUser || hasToken;
    // Who signs in again may be somebody else there: what the server keeps of the one before is not his.
    const key = isOwn ? JSON.stringify([terms.key, userId, user.agent.id, signIn]) : terms.key;
    const found = this.places.get(key);
    if (found?.fingerprint === terms.fingerprint) return this.used(key, found);
    if (found) this.end(key, found);
    if (this.isStopped) throw new McpError('not-sent', 'The gateway is stopping.');
    if (isOwn) this.makeRoom(userId);
    const link = this.newLink(terms, user, isOwn, hasToken);
    this.places.set(key, { link, fingerprint: terms.fingerprint, ...(isOwn && { userId }) });
    this.sweepLater();
    return link;
  }

  /** A link that nobody else gets; whoever asks for it closes it. */
  async apart(terms: McpServerTerms, user: ToolUser): Promise<McpLink> {
    const hasToken = (await this.tokens.signInOf(terms, user.caller.userId)) !== undefined;
    if (terms.needsOAuth && !hasToken) throw signInFirst(terms);
    return this.newLink(terms, user, true, hasToken);
  }

  /** How the connections to a server are; of those of users, the worst and how many there are. */
  statusOf(key: string): LinkStatus & { readonly users?: number } {
    const links = [...this.places.values()].filter(({ link }) => link.terms.key === key);
    const shared = links.find(({ userId }) => userId === undefined);
    const own = links.filter(({ userId }) => userId !== undefined);
    const worst = own.find(({ link }) => link.status.state === 'failed') ?? own[0];
    const { status } = (shared ?? worst)?.link ?? { status: { state: 'idle' as const } };
    return { ...status, ...(own.length > 0 && { users: own.length }) };
  }

  /** These are the servers now: connections on other terms end when their calls have. */
  retain(terms: readonly McpServerTerms[]): void {
    const kept = new Set(terms.map(({ fingerprint }) => fingerprint));
    for (const [key, place] of this.places) {
      if (kept.has(place.fingerprint)) place.link.reset();
      else this.end(key, place);
    }
  }

  async onModuleDestroy(): Promise<void> {
    this.isStopped = true;
    this.cancelSweep?.();
    const links = [...[...this.places.values()].map(({ link }) => link), ...this.ending];
    this.places.clear();
    await Promise.allSettled(links.map((link) => link.close()));
  }

  private newLink(terms: McpServerTerms, user: ToolUser, isOwn: boolean, hasToken: boolean): McpLink {
    const { userId } = user.caller;
    return new McpLink({
      terms: isOwn ? personal(terms, user) : terms,
      clock: this.clock,
      processes: this.processes,
      isShared: !isOwn,
      ...(hasToken && {
        authorization: () => this.tokens.authorization(terms, userId),
        renew: () => this.tokens.renew(terms, userId),
      }),
    });
  }

  /** The last used is the last of the map. */
  private used(key: string, place: Place): McpLink {
    this.places.delete(key);
    this.places.set(key, place);
    return place.link;
  }

  private makeRoom(userId: string): void {
    const own = [...this.places].filter(([, place]) => place.userId !== undefined);
    const his = own.filter(([, place]) => place.userId === userId);
    if (his.length >= USER_LINKS_PER_USER_MAX) this.endOneOf(his);
    else if (own.length >= USER_LINKS_MAX) this.endOneOf(own);
  }

  private endOneOf(places: readonly (readonly [string, Place])[]): void {
    const [key, place] = places.find(([, { link }]) => link.active === 0) ?? [];
    if (key === undefined || !place)
      throw new McpError('limit', 'Too many connections to MCP servers are in use. Try again in a minute.', {
        retryAfterMs: SWEEP_INTERVAL_MS,
      });
    this.end(key, place);
  }

  private end(key: string, { link }: Place): void {
    this.places.delete(key);
    this.ending.add(link);
    void link
      .retire()
      .catch(() => undefined)
      .finally(() => this.ending.delete(link));
  }

  private sweepLater(): void {
    this.cancelSweep ??= this.clock.after(SWEEP_INTERVAL_MS, () => {
      this.cancelSweep = undefined;
      const now = this.clock.monotonic();
      for (const { link, userId } of this.places.values())
        if (userId !== undefined && link.active === 0 && now - link.lastUsed > LINK_IDLE_MS) void link.rest();
      if (this.places.size > 0) this.sweepLater();
    });
  }
}

function personal(terms: McpServerTerms, { caller }: ToolUser): McpServerTerms {
  const { address } = terms;
  return isHttp(address)
    ? { ...terms, address: { ...address, headers: forUser(address.headers, caller) } }
    : { ...terms, address: { ...address, env: forUser(address.env, caller) } };
}

import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DefineToolSource, type Offer, type ToolSource, type ToolUser, type WithheldTool } from '#contracts';
import { AppError } from '#kernel';
import { McpAccess } from '../access/mcp-access.js';
import type { ToolTerms } from '../access/tool-terms.js';
import { McpConnections } from '../connection/mcp-connections.js';
import type { ServerListing } from '../connection/server-listing.js';
import { OFFER_WAIT_MS } from '../mcp.limits.js';
import { unauthorizedFor } from '../oauth/mcp-tokens.js';
import { McpCatalog } from '../server/mcp-catalog.js';
import type { McpServerTerms } from '../server/server-terms.js';
import { McpCalls } from './mcp-calls.js';
import { serverOffer, sourceOf } from './server-offer.js';
import { toolName } from './tool-names.js';

const OFFERS_KNOWN_MAX = 5_000;
const NOTHING: Offer = { tools: [], withheld: [] };

interface KnownOffer {
  readonly parts: readonly (Offer | string)[];
  readonly offer: Offer;
}

/** The tools of MCP servers, for the agents and users that they are granted to. */
@Injectable()
@DefineToolSource(20)
export class McpToolSource implements ToolSource {
  private readonly logger = new Logger('Mcp');
  /** What was made of a server's list, by the terms that it was made for. */
  private readonly made = new WeakMap<ServerListing, Map<string, Offer>>();
  private readonly known = new LRUCache<string, KnownOffer>({ max: OFFERS_KNOWN_MAX });

  constructor(
    private readonly catalog: McpCatalog,
    private readonly access: McpAccess,
    private readonly connections: McpConnections,
    private readonly calls: McpCalls,
  ) {}

  async offer(user: ToolUser): Promise<Offer> {
    const servers = await this.catalog.list();
    if (servers.length === 0) return NOTHING;
    const found = await Promise.all(servers.map(async (server) => this.part(server, user)));
    const parts = found.filter((part) => part !== undefined);
    if (parts.length === 0) return NOTHING;
    const key = JSON.stringify([user.agent.id, user.caller.userId]);
    const known = this.known.get(key);
    if (known && isSame(known.parts, parts)) return known.offer;
    const offer = {
      tools: parts.flatMap((part) => (typeof part.offer === 'string' ? [] : part.offer.tools)),
      withheld: parts.flatMap((part) => withheldOf(part.server, part.offer)),
    };
    this.known.set(key, { parts: parts.map((part) => part.offer), offer });
    return offer;
  }

  /** What a server offers, or why nothing; `undefined`: the user has nothing to do with it. */
  private async part(
    server: McpServerTerms,
    user: ToolUser,
  ): Promise<{ readonly server: McpServerTerms; readonly offer: Offer | string } | undefined> {
    try {
      const granted = await this.access.termsFor(server, user);
      if (!granted) return undefined;
      const link = await this.connections.linkFor(server, user);
      return { server, offer: this.offerOf(server, await link.listed(OFFER_WAIT_MS), granted) };
    } catch (error) {
      return { server, offer: this.reasonOf(server, unauthorizedFor(error, server)) };
    }
  }

  /** Stays the same while nothing changes: how long it is until the next attempt is not part of it. */
  private reasonOf(server: McpServerTerms, error: unknown): string {
    if (error instanceof AppError)
      return error.message.replace(/ It is tried again in \d+ s\.$/, ' It is tried again.');
    this.logger.error(`the tools of the MCP server ${server.name} cannot be offered`, error);
    return `The MCP server ${server.name} cannot be used now; the reason was logged.`;
  }

  private offerOf(server: McpServerTerms, listing: ServerListing, granted: ToolTerms): Offer {
    const byTerms = this.made.get(listing) ?? new Map<string, Offer>();
    this.made.set(listing, byTerms);
    const key = `${server.fingerprint}${granted.key}`;
    const known = byTerms.get(key) ?? serverOffer(this.calls, server, listing, granted);
    byTerms.set(key, known);
    return known;
  }
}

function isSame(known: readonly unknown[], parts: readonly { readonly offer: Offer | string }[]): boolean {
  return known.length === parts.length && parts.every(({ offer }, index) => offer === known[index]);
}

function withheldOf(server: McpServerTerms, offer: Offer | string): readonly WithheldTool[] {
  if (typeof offer !== 'string') return offer.withheld;
  const { name, prefix } = server;
  const names = prefix === '' ? {} : { prefix: toolName(prefix, '') };
  return [{ name, ...names, source: sourceOf(server), reason: offer }];
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { LRUCache } from 'lru-cache';
import {
  GATEWAY_TOOLS_ORDER,
  type Offer,
  type OfferedTool,
  type ToolSource,
  toolSourceOrder,
  type ToolUser,
  type WithheldTool,
} from '#contracts';
import { isReservedName } from '../policy/tool-groups.js';
import { ToolRegistry } from './tool-registry.js';
import type { Toolset } from './toolset.js';

const TOOLSETS_KNOWN_MAX = 5_000;

interface Known {
  readonly base: readonly OfferedTool[];
  readonly offers: readonly Offer[];
  readonly toolset: Toolset;
}

/** Puts together what a user of an agent can have: the tools of the program, and those of every source. */
@Injectable()
export class Toolsets implements OnModuleInit {
  private sources: readonly ToolSource[] = [];
  private isOwn: readonly boolean[] = [];
  private readonly known = new LRUCache<string, Known>({ max: TOOLSETS_KNOWN_MAX });

  constructor(
    private readonly registry: ToolRegistry,
    private readonly discovery: DiscoveryService,
  ) {}

  onModuleInit(): void {
    const found = new Map<ToolSource, number>();
    for (const { instance } of this.discovery.getProviders() as { instance: unknown }[]) {
      const order = toolSourceOrder(typeof instance === 'object' ? instance?.constructor : undefined);
      if (order !== undefined && isSource(instance)) found.set(instance, order);
    }
    const sorted = [...found].toSorted(([, a], [, b]) => a - b);
    this.sources = sorted.map(([source]) => source);
    this.isOwn = sorted.map(([, order]) => order === GATEWAY_TOOLS_ORDER);
  }

  /** As it is now; a run keeps the one it began with. */
  async of(user: ToolUser): Promise<Toolset> {
    if (this.sources.length === 0) return this.registry;
    const offers = await Promise.all(this.sources.map((source) => source.offer(user)));
    const base = this.registry.list();
    const key = `${user.agent.id}\0${user.caller.userId}`;
    const known = this.known.get(key);
    if (known?.base === base && offers.every((offer, index) => known.offers[index] === offer))
      return known.toolset;
    const toolset = offers.every(isEmpty) ? this.registry : compose(this.registry, offers, this.isOwn);
    this.known.set(key, { base, offers, toolset });
    return toolset;
  }
}

/**
 * Whoever comes first keeps a name: a tool of the program can never be replaced by a source's. Nor does a source take a
 * name that policies keep for the gateway: they would mean another tool than they were written for.
 */
function compose(registry: ToolRegistry, offers: readonly Offer[], isOwn: readonly boolean[]): Toolset {
  const tools = new Map(registry.list().map((entry) => [entry.spec.name, entry]));
  const withheld: WithheldTool[] = [];
  for (const [index, offer] of offers.entries()) {
    withheld.push(...offer.withheld);
    for (const entry of offer.tools) {
      const { name } = entry.spec;
      const taken = tools.get(name);
      if (!taken && isOwn[index] !== true && isReservedName(name))
        withheld.push({ name, source: entry.source, reason: reserved(name) });
      else if (!taken) tools.set(name, entry);
      else withheld.push({ name, source: entry.source, reason: takenBy(taken) });
    }
  }
  const sorted = [...tools.values()].toSorted((a, b) => (a.spec.name < b.spec.name ? -1 : 1));
  return { get: (name) => tools.get(name), list: () => sorted, withheld: () => withheld };
}

function takenBy({ spec, source }: OfferedTool): string {
  return `The name ${spec.name} is taken by the tool of ${source}; rename one of them, or give its server a tool_prefix.`;
}

function reserved(name: string): string {
  return `The name ${name} is kept for a tool of the gateway; rename it, or give its server a tool_prefix.`;
}

function isEmpty({ tools, withheld }: Offer): boolean {
  return tools.length === 0 && withheld.length === 0;
}

function isSource(instance: unknown): instance is ToolSource {
  return typeof instance === 'object' && instance !== null && 'offer' in instance;
}

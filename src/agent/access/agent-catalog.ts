import { Injectable } from '@nestjs/common';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { LRUCache } from 'lru-cache';
import { CacheInvalidated, CachesStale } from '#bus';
import { type AgentEntity, AgentStore } from '#store';

const AGENTS_CACHED_MAX = 1_000;
const AGENT_TTL_MS = 10 * 60_000;
/** Under which the default agent is remembered: no key of an agent is empty. */
const DEFAULT_OF_ALL = '';

/** The rows of agents, remembered until one changes, here or on another replica. Says nothing of who may see them. */
@Injectable()
@EventsHandler(CacheInvalidated, CachesStale)
export class AgentCatalog implements IEventHandler<CacheInvalidated | CachesStale> {
  private readonly agents = new LRUCache<string, AgentEntity>({ max: AGENTS_CACHED_MAX, ttl: AGENT_TTL_MS });
  /** Raised whenever something is dropped: what was read before must not be remembered after it. */
  private drops = 0;

  constructor(private readonly store: AgentStore) {}

  find(key: string): Promise<AgentEntity | undefined> {
    return this.remembered(key, () => this.store.findByKey(key));
  }

  findDefault(): Promise<AgentEntity | undefined> {
    return this.remembered(DEFAULT_OF_ALL, () => this.store.findDefault());
  }

  handle(event: CacheInvalidated | CachesStale): void {
    if (event instanceof CacheInvalidated && event.cache !== 'agent') return;
    const id = event instanceof CacheInvalidated ? event.key : undefined;
    this.drops += 1;
    if (id === undefined) return this.agents.clear();
    for (const [key, agent] of this.agents.entries()) if (agent.id === id) this.agents.delete(key);
  }

  private async remembered(
    name: string,
    read: () => Promise<AgentEntity | null>,
  ): Promise<AgentEntity | undefined> {
    const known = this.agents.get(name);
    if (known) return known;
    const { drops } = this;
    const agent = await read();
    if (agent && drops === this.drops) this.agents.set(name, agent);
    return agent ?? undefined;
  }
}

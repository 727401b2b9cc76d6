import { Injectable } from '@nestjs/common';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { CacheInvalidated, CachesStale } from '#bus';
import type { Caller } from '#contracts';
import { AgentOverrideStore, type OverrideValues } from '#store';
import { PerUserCache } from './per-user-cache.js';

const NONE: OverrideValues = Object.freeze({ provider: null, model: null, settings: {} });

/** What users have set for themselves on agents, for the run that begins. */
@Injectable()
@EventsHandler(CacheInvalidated, CachesStale)
export class UserOverrides implements IEventHandler<CacheInvalidated | CachesStale> {
  private readonly known = new PerUserCache<OverrideValues>();

  constructor(private readonly store: AgentOverrideStore) {}

  of({ userId }: Pick<Caller, 'userId'>, agentId: string): Promise<OverrideValues> {
    return this.known.get(agentId, userId, async () => (await this.store.find(agentId, userId)) ?? NONE);
  }

  handle(event: CacheInvalidated | CachesStale): void {
    if (event instanceof CachesStale) this.known.drop(undefined);
    else if (event.cache === 'agent') this.known.drop(event.key);
  }
}

import { Injectable } from '@nestjs/common';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { CacheInvalidated, CachesStale } from '#bus';
import type { AgentRef, Caller } from '#contracts';
import { type AgentEntity, AgentShareStore, AgentStore } from '#store';
import { AgentError } from '../agent.errors.js';
import { AgentCatalog } from './agent-catalog.js';
import { type AgentLevel, isForAll, isOwner, levelOf } from './agent-level.js';
import { PerUserCache } from './per-user-cache.js';

/** The agent that is made when there is none. */
export const DEFAULT_AGENT = 'default';

/**
 * Who may do what with an agent, wherever an agent is used: everybody may use the default one and the gateway's own,
 * its owner may do all, and a share lets others use (`user`) or change (`editor`) it. The caller's user id decides, not
 * its role.
 */
@Injectable()
@EventsHandler(CacheInvalidated, CachesStale)
export class AgentAccess implements IEventHandler<CacheInvalidated | CachesStale> {
  private readonly shares = new PerUserCache<{ readonly role: string | undefined }>();

  constructor(
    private readonly catalog: AgentCatalog,
    private readonly store: AgentStore,
    private readonly shareStore: AgentShareStore,
  ) {}

  /** The agent that is meant when none is named. */
  async defaultKey(): Promise<string> {
    return (await this.catalog.findDefault())?.agent_key ?? DEFAULT_AGENT;
  }

  /** Agents that the caller may use, by key. */
  list(caller: Caller): Promise<AgentEntity[]> {
    return this.store.listUsableBy(caller.userId);
  }

  /** `undefined`: the caller may not even know of it. */
  async levelOf(caller: Caller, agent: AgentEntity): Promise<AgentLevel | undefined> {
    return levelOf(caller, agent, await this.shareOf(caller, agent));
  }

  /** Whether the caller may change the agent now. */
  async mayEdit(caller: Caller, { id, key }: AgentRef): Promise<boolean> {
    const agent = await this.catalog.find(key);
    if (agent?.id !== id) return false;
    const level = await this.levelOf(caller, agent);
    return level === 'owner' || level === 'editor';
  }

  /**
   * The agent, for a caller that is about to use it.
   * @throws AgentError `agent-not-found` (also for an agent the caller may not use), `agent-inactive`
   */
  async require(caller: Caller, key: string): Promise<AgentEntity> {
    const agent = await this.catalog.find(key);
    if (!agent || !(await this.mayUse(caller, agent))) throw agentNotFound(key);
    if (agent.status !== 'active')
      throw new AgentError(
        'agent-inactive',
        `The agent ${key} is ${agent.status}. Its owner can activate it.`,
      );
    return agent;
  }

  /** The same while a run goes. @throws AgentError `access-lost` */
  async requireStill(caller: Caller, { id, key }: AgentRef): Promise<void> {
    const agent = await this.catalog.find(key);
    if (agent?.id !== id) throw accessLost(key, 'it was deleted');
    if (agent.status !== 'active') throw accessLost(key, `it is ${agent.status}`);
    if (!(await this.mayUse(caller, agent))) throw accessLost(key, 'you may no longer use it');
  }

  handle(event: CacheInvalidated | CachesStale): void {
    if (event instanceof CachesStale) this.shares.drop(undefined);
    else if (event.cache === 'agent') this.shares.drop(event.key);
  }

  private async mayUse(caller: Caller, agent: AgentEntity): Promise<boolean> {
    if (isForAll(agent) || isOwner(caller, agent)) return true;
    return (await this.shareOf(caller, agent)) !== undefined;
  }

  private async shareOf({ userId }: Caller, { id }: AgentEntity): Promise<string | undefined> {
    const load = async () => ({ role: await this.shareStore.roleOf(id, userId) });
    return (await this.shares.get(id, userId, load)).role;
  }
}

export function agentNotFound(key: string): AgentError {
  return new AgentError(
    'agent-not-found',
    `agent not found: ${key}. agents.list shows the ones you may use.`,
  );
}

function accessLost(key: string, why: string): AgentError {
  return new AgentError(
    'access-lost',
    `The run was stopped: the agent ${key} can no longer be used, because ${why}. Nothing more was done.`,
  );
}

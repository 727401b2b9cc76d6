import { Injectable } from '@nestjs/common';
import { AgentAccess, AgentResolver, RunService } from '#agent';
import type { Caller } from '#contracts';
import { AppError } from '#kernel';
import { type AgentInfo, ErrorCode } from '#protocol';
import { agentOfSessionKey, defaultSessionKey, resolveSessionKey } from '#sessions';
import type { AgentEntity } from '#store';

/** In parameters this means the default agent, unless an agent is called so. */
const DEFAULT_NAME = 'default';

/** A conversation that a request means. */
export interface ConversationRef {
  readonly agentKey: string;
  readonly sessionKey: string;
}

/** Which agent, and which conversation with it, a request means; and how agents are shown. */
@Injectable()
export class AgentDirectory {
  constructor(
    private readonly access: AgentAccess,
    private readonly resolver: AgentResolver,
    private readonly runs: RunService,
  ) {}

  /** @throws AppError NOT_FOUND when the caller may not see the agent. */
  async agent(caller: Caller, name: string | undefined): Promise<AgentEntity> {
    if (name !== undefined && name !== DEFAULT_NAME) return this.access.require(caller, name);
    const key = await this.access.defaultKey();
    if (name === undefined || key === DEFAULT_NAME) return this.access.require(caller, key);
    try {
      return await this.access.require(caller, name);
    } catch (error) {
      if (error instanceof AppError && error.code === ErrorCode.NOT_FOUND)
        return this.access.require(caller, key);
      throw error;
    }
  }

  /**
   * Without a session key: the caller's conversation with the agent. Without an agent: the one of the session key,
   * else the default one.
   *
   * @throws AppError NOT_FOUND, or INVALID_REQUEST when the key belongs to another agent.
   */
  async conversation(
    caller: Caller,
    params: { agentId?: string; sessionKey?: string },
  ): Promise<ConversationRef> {
    const { agentId, sessionKey } = params;
    const named = agentId ?? (sessionKey === undefined ? undefined : agentOfSessionKey(sessionKey));
    const { agent_key: agentKey } = await this.agent(caller, named);
    const key =
      sessionKey === undefined
        ? defaultSessionKey(agentKey, caller.userId)
        : resolveSessionKey(sessionKey, agentKey);
    return { agentKey, sessionKey: key };
  }

  /**
   * As {@link conversation}, for reading and ending what is the caller's own: a conversation stays its owner's when its
   * agent may no longer be used.
   */
  async ownConversation(caller: Caller, params: { agentId?: string; sessionKey?: string }): Promise<string> {
    const { agentId, sessionKey } = params;
    const agentKey = sessionKey === undefined ? undefined : agentOfSessionKey(sessionKey);
    if (sessionKey !== undefined && agentKey !== undefined && (agentId ?? agentKey) === agentKey)
      return resolveSessionKey(sessionKey, agentKey);
    return (await this.conversation(caller, params)).sessionKey;
  }

  /** The agents that the caller may use. */
  async list(caller: Caller): Promise<AgentInfo[]> {
    const agents = await this.access.list(caller);
    const running = await this.runs.runningAgents(caller);
    return agents.map((agent) => this.describe(agent, running));
  }

  async describeOne(caller: Caller, agent: AgentEntity): Promise<AgentInfo> {
    return this.describe(agent, await this.runs.runningAgents(caller));
  }

  private describe(agent: AgentEntity, running: ReadonlySet<string>): AgentInfo {
    const { provider, model } = this.resolver.primaryTarget(agent);
    return {
      id: agent.agent_key,
      name: nameOf(agent),
      model,
      provider,
      isDefault: agent.is_default,
      isRunning: running.has(agent.agent_key),
    };
  }
}

export function nameOf(agent: AgentEntity): string {
  return agent.display_name ?? agent.other_config.identity?.name ?? agent.agent_key;
}

import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigService, expandPath } from '#config';
import type { Caller } from '#contracts';
import { GatewayConfig } from '#permissions';
import { KNOWN_PROVIDERS, ProviderRegistry } from '#providers';
import { AgentEntity, AgentStore, deploymentOf } from '#store';
import { AgentError } from '../agent.errors.js';
import { type AgentDefaultsConfig, AgentsConfig } from '../agents.config.js';
import { mayUse } from './agent-access.js';
import type { AgentRuntime, ModelTarget } from './agent-runtime.js';
import { DEFAULT_AGENT } from './agent-seeder.js';
import { userWorkspace } from './workspace-path.js';

const AGENTS_CACHED_MAX = 1_000;
const AGENT_TTL_MS = 10 * 60_000;
const WORKSPACES_KNOWN_MAX = 10_000;
/** Under which the default agent is cached: no key of an agent is empty. */
const DEFAULT_OF_ALL = '';
/** Named in errors when nothing is configured. */
const DEFAULT_PROVIDER = 'anthropic';

/** Finds agents and makes what a run needs of them. */
@Injectable()
export class AgentResolver {
  private readonly agents = new LRUCache<string, AgentEntity>({ max: AGENTS_CACHED_MAX, ttl: AGENT_TTL_MS });
  private readonly madeWorkspaces = new LRUCache<string, true>({ max: WORKSPACES_KNOWN_MAX });
  private readonly defaults: Readonly<AgentDefaultsConfig>;

  constructor(
    private readonly store: AgentStore,
    private readonly providers: ProviderRegistry,
    private readonly config: ConfigService,
  ) {
    this.defaults = config.get(AgentsConfig).defaults;
  }

  /** The agent that is meant when none is named. */
  async defaultKey(): Promise<string> {
    const known = this.agents.get(DEFAULT_OF_ALL);
    if (known) return known.agent_key;
    const agent = (await this.store.list()).find(({ is_default }) => is_default);
    if (agent) this.agents.set(DEFAULT_OF_ALL, agent);
    return agent?.agent_key ?? DEFAULT_AGENT;
  }

  /** Agents that the caller may use, by key. */
  async list(caller: Caller): Promise<AgentEntity[]> {
    return (await this.store.list()).filter((agent) => mayUse(caller, agent));
  }

  /** @throws AgentError `agent-not-found` (also for an agent the caller may not use), `agent-inactive`. */
  async require(caller: Caller, key: string): Promise<AgentEntity> {
    const agent = await this.find(key);
    if (!agent || !mayUse(caller, agent)) {
      throw new AgentError(
        'agent-not-found',
        `agent not found: ${key}. agents.list shows the ones you may use.`,
      );
    }
    if (agent.status !== 'active')
      throw new AgentError('agent-inactive', `The agent ${key} is ${agent.status}.`);
    return agent;
  }

  /** Wall-clock limit of the agent's runs. */
  async timeLimitMs(key: string): Promise<number> {
    const agent = await this.find(key);
    return (agent?.other_config.run_timeout_sec ?? this.defaults.run_timeout_sec) * 1_000;
  }

  /** Tokens that the agent's model can read at once. */
  contextWindow(agent: AgentEntity): number {
    return agent.context_window || this.defaults.context_window;
  }

  /** `modelOverride` is `model` or `provider/model`. @throws AgentError as {@link require}, and `no-provider`. */
  async runtime(caller: Caller, key: string, modelOverride?: string): Promise<AgentRuntime> {
    const agent = await this.require(caller, key);
    const other = agent.other_config;
    const targets = this.targets(agent, modelOverride);
    const { contextPruning: pruning, compaction } = this.defaults;
    const isAnthropic = targets[0]?.provider === 'anthropic';
    return {
      agent: { id: agent.id, key: agent.agent_key },
      displayName: agent.display_name ?? other.identity?.name ?? 'GoClaw',
      emoji: other.identity?.emoji,
      targets,
      sampling: {
        maxTokens: other.max_tokens ?? this.defaults.max_tokens,
        temperature: other.temperature ?? this.defaults.temperature,
      },
      thinkingBudgetTokens: other.thinking_budget_tokens ?? this.defaults.thinking_budget_tokens,
      maxIterations: agent.max_tool_iterations || this.defaults.max_tool_iterations,
      contextWindow: this.contextWindow(agent),
      historyLimit: this.defaults.history_limit,
      timeLimitMs: await this.timeLimitMs(key),
      workspace: { root: await this.workspace(agent, caller), restrict: agent.restrict_to_workspace },
      toolPolicy: agent.tools_config,
      pruning: Object.assign({}, pruning, agent.context_pruning, {
        mode: pruning.mode ?? (isAnthropic ? 'cache-ttl' : 'off'),
      }),
      compaction: Object.assign({}, compaction, agent.compaction_config),
      ownerIds: this.config.get(GatewayConfig).owner_ids,
    };
  }

  /** The models to ask, most wanted first, of the providers that can be used now. @throws AgentError `no-provider` */
  targets(agent: AgentEntity, modelOverride?: string): readonly ModelTarget[] {
    const first = this.primaryTarget(agent, modelOverride);
    const fallbacks = (agent.other_config.fallbacks ?? this.defaults.fallbacks).map((text) =>
      this.parseTarget(text, first.provider),
    );
    const usable = [first, ...fallbacks].filter(
      ({ provider, model }) => model !== '' && this.providers.get(provider)?.info.usable,
    );
    if (usable.length === 0) throw new AgentError('no-provider', this.whatToSet(first));
    return usable;
  }

  /** The model that is meant to answer, whether or not it can. */
  primaryTarget(agent: AgentEntity, modelOverride?: string): ModelTarget {
    const fallback = this.providers.firstUsable()?.info;
    const provider = agent.provider || this.defaults.provider || fallback?.name || DEFAULT_PROVIDER;
    if (modelOverride) return this.parseTarget(modelOverride, provider);
    return {
      provider,
      model: agent.model || this.defaults.model || this.providers.get(provider)?.info.defaultModel || '',
    };
  }

  /** `provider/model` when its first part is a known provider, else a model of `provider`. */
  private parseTarget(text: string, provider: string): ModelTarget {
    const slash = text.indexOf('/');
    const named = slash > 0 ? text.slice(0, slash) : '';
    return this.providers.get(named)
      ? { provider: named, model: text.slice(slash + 1) }
      : { provider, model: text };
  }

  private whatToSet({ provider, model }: ModelTarget): string {
    if (this.providers.get(provider)?.info.usable && model === '') {
      return `No model is chosen for the provider ${provider}. Set GOCLAW_MODEL, or agents.defaults.model.`;
    }
    const variable = KNOWN_PROVIDERS[provider]?.keyVariable ?? KNOWN_PROVIDERS[DEFAULT_PROVIDER]?.keyVariable;
    return `No LLM provider can be used. Set ${variable} (or another provider's key; goclaw doctor lists them), or start Ollama on this machine.`;
  }

  /** Each agent has a directory of its own, and in managed mode each user of it. */
  private async workspace(agent: AgentEntity, caller: Caller): Promise<string> {
    const base = expandPath(this.defaults.workspace);
    const own = agent.agent_key === DEFAULT_AGENT ? base : join(base, 'agents', agent.agent_key);
    const root = agent.workspace ? expandPath(agent.workspace) : own;
    const path = deploymentOf(this.config).mode === 'managed' ? userWorkspace(root, caller.userId) : root;
    if (!this.madeWorkspaces.has(path)) {
      await mkdir(path, { recursive: true });
      this.madeWorkspaces.set(path, true);
    }
    return path;
  }

  private async find(key: string): Promise<AgentEntity | undefined> {
    const known = this.agents.get(key);
    if (known) return known;
    const agent = await this.store.findByKey(key);
    if (agent) this.agents.set(key, agent);
    return agent ?? undefined;
  }
}

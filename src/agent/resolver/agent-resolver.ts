import { Injectable, Logger } from '@nestjs/common';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { LRUCache } from 'lru-cache';
import { mkdir } from 'node:fs/promises';
import { CacheInvalidated } from '#bus';
import { ContextDocuments, ContextFiles, type ProjectContexts } from '#bootstrap';
import { ConfigService } from '#config';
import type { Caller, SandboxTerms, ToolWorkspace } from '#contracts';
import { GatewayConfig } from '#permissions';
import { sandboxTermsOf, strictest } from '#sandbox';
import { type AgentEntity, deploymentOf, type OverrideSettings } from '#store';
import { AgentAccess } from '../access/agent-access.js';
import { AgentCatalog } from '../access/agent-catalog.js';
import { UserOverrides } from '../access/user-overrides.js';
import { type AgentDefaultsConfig, AgentsConfig } from '../agents.config.js';
import type { AgentRuntime, ModelTarget, ToolGround } from './agent-runtime.js';
import { ModelTargets } from './model-targets.js';
import { pruningOf } from './pruning-of.js';
import { agentDirectory, contextAgentOf, userWorkspace } from './workspace-path.js';

const WORKSPACES_KNOWN_MAX = 10_000;

/** Makes what a run needs of an agent. */
@Injectable()
@EventsHandler(CacheInvalidated)
export class AgentResolver implements IEventHandler<CacheInvalidated> {
  private readonly logger = new Logger('Agents');
  private readonly madeWorkspaces = new LRUCache<string, true>({ max: WORKSPACES_KNOWN_MAX });

  constructor(
    private readonly access: AgentAccess,
    private readonly catalog: AgentCatalog,
    private readonly overrides: UserOverrides,
    private readonly models: ModelTargets,
    private readonly contextFiles: ContextFiles,
    private readonly config: ConfigService,
  ) {}

  /** Wall-clock limit of the agent's runs. */
  async timeLimitMs(key: string): Promise<number> {
    const agent = await this.catalog.find(key);
    return (agent?.other_config.run_timeout_sec ?? this.defaults.run_timeout_sec) * 1_000;
  }

  /** Tokens that the agent's model can read at once. */
  contextWindow(agent: AgentEntity): number {
    return agent.context_window || this.defaults.context_window;
  }

  /**
   * The agent, or without a key the default one, when a run of it can be accepted.
   * @throws AgentError as `AgentAccess.require`, and `no-provider`
   */
  async ready(caller: Caller, key: string | undefined): Promise<AgentEntity> {
    const agent = await this.access.require(caller, key ?? (await this.access.defaultKey()));
    this.models.of(agent, await this.overrides.of(caller, agent.id));
    return agent;
  }

  /** Notes that the caller talks to the agent. Nobody waits for it. */
  seen(caller: Caller, agent: AgentEntity): void {
    const root = agentDirectory(this.defaults.workspace, agent);
    this.contextFiles.greet({ agent: contextAgentOf(agent, root), caller }).catch((error: unknown) => {
      this.logger.warn(`it could not be noted who talks to ${agent.agent_key}: ${String(error)}`);
    });
  }

  /** The model that is meant to answer, whether or not it can. */
  primaryTarget(agent: AgentEntity): ModelTarget {
    return this.models.primary(agent);
  }

  /**
   * The session's model (`model` or `provider/model`) goes before the user's own settings, and those before the agent's.
   * `within`: the sandbox of the run that started this one; nobody gets out of it by asking another agent.
   * @throws AgentError as `AgentAccess.require`, and `no-provider`
   */
  async runtime(
    caller: Caller,
    key: string,
    sessionModel?: string,
    within?: SandboxTerms,
  ): Promise<AgentRuntime> {
    const agent = await this.access.require(caller, key);
    const override = await this.overrides.of(caller, agent.id);
    const targets = this.models.of(agent, override, sessionModel);
    const { defaults } = this;
    const root = await this.workspace(agent, caller);
    return {
      ...this.groundOf(agent, caller, root, within),
      displayName: agent.display_name ?? agent.other_config.identity?.name ?? 'GoClaw',
      emoji: agent.other_config.identity?.emoji,
      targets,
      ...limitsOf(agent, override.settings, defaults),
      maxIterations: agent.max_tool_iterations || defaults.max_tool_iterations,
      contextWindow: this.contextWindow(agent),
      historyLimit: defaults.history_limit,
      timeLimitMs: await this.timeLimitMs(key),
      pruning: pruningOf(defaults.contextPruning, agent.context_pruning, targets[0]?.provider),
      compaction: Object.assign({}, defaults.compaction, agent.compaction_config),
      ownerIds: this.config.get(GatewayConfig).owner_ids,
      projectContext: await this.projectContext(agent, caller, root),
    };
  }

  /** What a call of a tool needs that no model asked for. @throws AgentError as `AgentAccess.require` */
  async ground(caller: Caller, key: string): Promise<ToolGround> {
    const agent = await this.access.require(caller, key);
    return this.groundOf(agent, caller, await this.workspace(agent, caller));
  }

  /** How the agent's commands are shut in; `undefined`: not at all. */
  sandboxOf(agent: AgentEntity): SandboxTerms | undefined {
    return sandboxTermsOf(this.defaults.sandbox, agent.sandbox_config, agent.is_default);
  }

  /** A user may have been erased, with his directories. */
  handle({ cache, key }: CacheInvalidated): void {
    if (cache === 'agent' && key === undefined) this.madeWorkspaces.clear();
  }

  private groundOf(agent: AgentEntity, caller: Caller, root: string, within?: SandboxTerms): ToolGround {
    const sandbox = strictest(within, this.sandboxOf(agent));
    return {
      agent: { id: agent.id, key: agent.agent_key },
      workspace: this.toolWorkspace(agent, caller, root),
      toolPolicy: agent.tools_config,
      ...(sandbox && { sandbox }),
    };
  }

  private get defaults(): Readonly<AgentDefaultsConfig> {
    return this.config.get(AgentsConfig).defaults;
  }

  private get isManaged(): boolean {
    return deploymentOf(this.config).mode === 'managed';
  }

  private projectContext(agent: AgentEntity, caller: Caller, workspace: string): Promise<ProjectContexts> {
    const { bootstrapMaxChars: fileMaxChars, bootstrapTotalMaxChars: totalMaxChars } = this.defaults;
    const reader = { agent: contextAgentOf(agent, workspace), caller };
    return this.contextFiles.forRun(reader, { fileMaxChars, totalMaxChars });
  }

  /** In managed mode the context files are no files on disk. */
  private toolWorkspace(agent: AgentEntity, caller: Caller, root: string): ToolWorkspace {
    const restrict = agent.restrict_to_workspace;
    if (!this.isManaged) return { root, restrict };
    const ref = { id: agent.id, key: agent.agent_key };
    const mayEdit = () => this.access.mayEdit(caller, ref);
    const context = contextAgentOf(agent, root);
    return { root, restrict, documents: new ContextDocuments(this.contextFiles, context, caller, mayEdit) };
  }

  /** Each agent has a directory of its own, and in managed mode each user of it. */
  private async workspace(agent: AgentEntity, caller: Caller): Promise<string> {
    const root = agentDirectory(this.defaults.workspace, agent);
    const path = this.isManaged ? userWorkspace(root, caller.userId) : root;
    if (!this.madeWorkspaces.has(path)) {
      await mkdir(path, { recursive: true });
      this.madeWorkspaces.set(path, true);
    }
    return path;
  }
}

function limitsOf(
  { other_config: agent }: AgentEntity,
  own: OverrideSettings,
  defaults: Readonly<AgentDefaultsConfig>,
): Pick<AgentRuntime, 'sampling' | 'thinkingBudgetTokens'> {
  return {
    sampling: {
      maxTokens: own.max_tokens ?? agent.max_tokens ?? defaults.max_tokens,
      temperature: own.temperature ?? agent.temperature ?? defaults.temperature,
    },
    thinkingBudgetTokens:
      own.thinking_budget_tokens ?? agent.thinking_budget_tokens ?? defaults.thinking_budget_tokens,
  };
}

import { Injectable } from '@nestjs/common';
import { ConfigService, expandPath } from '#config';
import { AgentStore, type AgentValues, deploymentOf } from '#store';
import { DEFAULT_AGENT } from '../access/agent-access.js';
import { SYSTEM_OWNER } from '../access/agent-level.js';
import { AgentConfig, AgentsConfig } from '../agents.config.js';

/**
 * Before the first run: the agents of the configuration become rows (standalone), or one default agent is made
 * (managed).
 */
@Injectable()
export class AgentSeeder {
  constructor(
    private readonly store: AgentStore,
    private readonly config: ConfigService,
  ) {}

  async seed(): Promise<void> {
    if (deploymentOf(this.config).mode === 'managed')
      return this.store.insertIfMissing(this.values(DEFAULT_AGENT, new AgentConfig(), true));
    const { list } = this.config.get(AgentsConfig);
    const chosen = Object.entries(list).find(([, agent]) => agent.default)?.[0] ?? DEFAULT_AGENT;
    const agents = { ...(list[DEFAULT_AGENT] ? {} : { [DEFAULT_AGENT]: new AgentConfig() }), ...list };
    for (const [key, agent] of Object.entries(agents))
      await this.store.upsert(this.values(key, agent, key === chosen));
    await this.store.makeDefault(chosen);
  }

  /** Empty provider, model and workspace mean: by default, as configured when the agent is used. */
  private values(key: string, agent: AgentConfig, isDefault: boolean): AgentValues {
    const { defaults } = this.config.get(AgentsConfig);
    return {
      agent_key: key,
      display_name: agent.displayName ?? agent.identity.name ?? null,
      owner_id: SYSTEM_OWNER,
      provider: agent.provider ?? '',
      model: agent.model ?? '',
      context_window: agent.context_window ?? defaults.context_window,
      max_tool_iterations: agent.max_tool_iterations ?? defaults.max_tool_iterations,
      workspace: agent.workspace ? expandPath(agent.workspace) : '',
      restrict_to_workspace: agent.restrict_to_workspace ?? defaults.restrict_to_workspace,
      tools_config: Object.fromEntries(Object.entries(agent.tools)),
      sandbox_config: Object.fromEntries(Object.entries(agent.sandbox)),
      other_config: {
        identity: Object.assign({}, agent.identity),
        ...(agent.max_tokens !== undefined && { max_tokens: agent.max_tokens }),
        ...(agent.temperature !== undefined && { temperature: agent.temperature }),
        ...(agent.run_timeout_sec !== undefined && { run_timeout_sec: agent.run_timeout_sec }),
        ...(agent.thinking_budget_tokens !== undefined && {
          thinking_budget_tokens: agent.thinking_budget_tokens,
        }),
        ...(agent.fallbacks && { fallbacks: agent.fallbacks }),
      },
      is_default: isDefault,
    };
  }
}

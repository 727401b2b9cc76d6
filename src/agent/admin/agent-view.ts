import type { AgentEntity } from '#store';
import { maskedEnv } from '../settings/sandbox-env.js';

/** An agent as it is answered: what is not set is left out. */
export type AgentView = ReturnType<typeof agentView>;

export function agentView(agent: AgentEntity) {
  return {
    id: agent.id,
    created_at: agent.created_at,
    updated_at: agent.updated_at,
    version: agent.version,
    agent_key: agent.agent_key,
    name: agentName(agent),
    ...(agent.display_name !== null && { display_name: agent.display_name }),
    owner_id: agent.owner_id,
    provider: agent.provider,
    model: agent.model,
    context_window: agent.context_window,
    max_tool_iterations: agent.max_tool_iterations,
    workspace: agent.workspace,
    restrict_to_workspace: agent.restrict_to_workspace,
    agent_type: agent.agent_type,
    is_default: agent.is_default,
    status: agent.status,
    tools_config: agent.tools_config,
    ...(agent.sandbox_config && { sandbox_config: maskedEnv(agent.sandbox_config) }),
    ...(agent.subagents_config && { subagents_config: agent.subagents_config }),
    ...(agent.memory_config && { memory_config: agent.memory_config }),
    ...(agent.compaction_config && { compaction_config: agent.compaction_config }),
    ...(agent.context_pruning && { context_pruning: agent.context_pruning }),
    other_config: agent.other_config,
  };
}

/** As people call it. */
export function agentName(agent: AgentEntity): string {
  return agent.display_name ?? agent.other_config.identity?.name ?? agent.agent_key;
}

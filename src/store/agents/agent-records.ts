import type { RecordSpec } from '../records/record-table.js';

/** The table of agents, as people edit it. */
export const AGENT_RECORDS: RecordSpec = {
  table: 'agents',
  live: 'deleted_at IS NULL',
  columns: {
    agent_key: 'value',
    display_name: 'value',
    owner_id: 'value',
    provider: 'value',
    model: 'value',
    context_window: 'value',
    max_tool_iterations: 'value',
    workspace: 'value',
    restrict_to_workspace: 'value',
    tools_config: 'jsonb',
    sandbox_config: 'jsonb',
    subagents_config: 'jsonb',
    memory_config: 'jsonb',
    compaction_config: 'jsonb',
    context_pruning: 'jsonb',
    other_config: 'jsonb',
    is_default: 'value',
    agent_type: 'value',
    status: 'value',
  },
  sorts: {
    created_at: { sql: 'created_at', type: 'timestamptz', descending: true },
    agent_key: { sql: 'agent_key', type: 'text' },
    updated_at: { sql: 'updated_at', type: 'timestamptz', descending: true },
  },
};

/**
 * The rule of who may use an agent, as a condition on its row: everybody the default one and the gateway's own, its
 * owner, and with whom it is shared. `user`: the parameter, which stands in it twice.
 */
export function usableBy(user: string): string {
  return `(is_default OR owner_id = 'system' OR owner_id = ${user}
    OR EXISTS (SELECT 1 FROM agent_shares s WHERE s.agent_id = agents.id AND s.user_id = ${user}))`;
}

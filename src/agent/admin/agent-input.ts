/** What people set of an agent. `null` clears what can be absent. */
export interface AgentInput {
  readonly agent_key: string;
  readonly display_name?: string | null;
  readonly owner_id?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly context_window?: number;
  readonly max_tool_iterations?: number;
  readonly workspace?: string;
  readonly restrict_to_workspace?: boolean;
  readonly tools_config?: Record<string, unknown> | null;
  readonly sandbox_config?: Record<string, unknown> | null;
  readonly subagents_config?: Record<string, unknown> | null;
  readonly memory_config?: Record<string, unknown> | null;
  readonly compaction_config?: Record<string, unknown> | null;
  readonly context_pruning?: Record<string, unknown> | null;
  readonly other_config?: Record<string, unknown> | null;
  readonly is_default?: boolean;
  readonly agent_type?: 'open' | 'predefined';
  readonly status?: 'active' | 'inactive';
}

export const AGENT_TYPES = ['open', 'predefined'] as const;
export const AGENT_STATUSES = ['active', 'inactive'] as const;

/** Lower-case letters, digits, `-` and `_`; begins and ends with a letter or digit. */
export const AGENT_KEY = /^[a-z0-9]([a-z0-9_-]*[a-z0-9])?$/;
export const AGENT_KEY_MAX_CHARS = 100;

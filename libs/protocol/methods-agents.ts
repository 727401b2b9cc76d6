/** A context file as clients see it; path, size and time as far as they are known. */
export interface AgentFileInfo {
  name: string;
  /** `true`: there is no such file. */
  missing: boolean;
  /** In bytes. */
  size?: number;
  /** Standalone mode: where it lies. */
  path?: string;
  updatedAtMs?: number;
  content?: string;
}

/** The settings of an agent that are JSON objects; their keys are those of the configuration file. */
export interface AgentSettings {
  tools_config?: Record<string, unknown>;
  subagents_config?: Record<string, unknown>;
  sandbox_config?: Record<string, unknown>;
  memory_config?: Record<string, unknown>;
  compaction_config?: Record<string, unknown>;
  context_pruning?: Record<string, unknown>;
  other_config?: Record<string, unknown>;
}

export interface AgentCreateParams extends AgentSettings {
  /** Its id is made of it: lower case, with hyphens for what cannot be part of an id. */
  name: string;
  /** Absent: a directory of its own below the root of the workspaces. */
  workspace?: string;
  emoji?: string;
  avatar?: string;
  agent_type?: 'open' | 'predefined';
}

export interface AgentUpdateParams extends AgentSettings {
  agentId: string;
  /** Empty texts change nothing. */
  name?: string;
  workspace?: string;
  model?: string;
  avatar?: string;
}

/** Agents, for those who make and change them. In standalone mode they are in the configuration file. */
export interface AgentAdminMethods {
  /** Makes an agent; it belongs to the caller. */
  'agents.create': {
    params: AgentCreateParams;
    result: { ok: true; agentId: string; name: string; workspace: string };
  };
  /** Changes an agent, from its next run on. */
  'agents.update': { params: AgentUpdateParams; result: { ok: true; agentId: string } };
  /** Deletes an agent, and unless told otherwise its directory in the gateway's own tree of workspaces. */
  'agents.delete': {
    params: { agentId: string; deleteFiles?: boolean };
    result: { ok: true; agentId: string; removedBindings: number };
  };
  /** Every context file there can be. */
  'agents.files.list': {
    params: { agentId?: string };
    result: { agentId: string; workspace?: string; files: AgentFileInfo[] };
  };
  /** Reads a context file; a missing one is no error. */
  'agents.files.get': {
    params: { agentId?: string; name: string };
    result: { agentId: string; workspace?: string; file: AgentFileInfo };
  };
  /** Writes a context file, in effect from the next run on. */
  'agents.files.set': {
    params: { agentId?: string; name: string; content?: string };
    result: { agentId: string; workspace?: string; file: AgentFileInfo };
  };
}

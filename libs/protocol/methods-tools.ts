/** Why an agent has a tool, or has it not. */
export interface ToolExplanationInfo {
  name: string;
  available: boolean;
  /**
   * The rule that decided, as `<layer>.<rule>`, e.g. `global.deny` or `agent.allow`; `default` without one, `place` where it cannot work, `withheld`
   * by its source, `unknown` when there is no such tool.
   */
  step: string;
  /** A sentence; with the remedy, where the tool is not available. */
  reason: string;
  /** Where it comes from: a part of the gateway, `custom`, `mcp:<server>`. */
  source?: string;
  groups?: readonly string[];
  description?: string;
  /** JSON schema of its arguments; only where one tool is asked for. */
  parameters?: Readonly<Record<string, unknown>>;
}

export interface ToolsExplainParams {
  /** Default: the default agent. */
  agentId?: string;
  /** Only this tool, also when there is none of the name. Default: all. */
  name?: string;
  /** As if this provider answered. Default: that of the agent's model. */
  provider?: string;
  /** As if the run came from there: `ws`, `http`, a chat platform. */
  channel?: string;
  /** As if another run had started it. */
  subagent?: boolean;
}

/** What agents can do. */
export interface ToolMethods {
  /** Which tools an agent has for the caller, and why. */
  'tools.explain': {
    params: ToolsExplainParams;
    result: { agentId: string; tools: readonly ToolExplanationInfo[] };
  };
}

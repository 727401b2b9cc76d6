export class ToolExplanationDto {
  name!: string;
  available!: boolean;
  /**
   * The rule that decided, e.g. `global.deny`; `default` without one, `place` where it cannot work, `withheld` by its
   * source, `unknown` for no such tool.
   */
  step!: string;
  /** A sentence; with the remedy, where the tool is not available. */
  reason!: string;
  /** Where it comes from: a part of the gateway, `custom`, `mcp:<server>`. */
  source?: string;
  groups?: string[];
  description?: string;
  /** JSON schema of its arguments; only where one tool is asked for. */
  parameters?: Record<string, unknown>;
}

export class AgentToolsDto {
  /** Key of the agent. */
  agent!: string;
  /** The provider whose rules were taken. */
  provider!: string;
  tools!: ToolExplanationDto[];
}

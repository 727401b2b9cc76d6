/** One set of rules. Entries are tool names, `group:<name>`, or `*` for every tool. */
export interface ToolRules {
  /** The tools to start from. Absent: every tool. */
  readonly profile?: string;
  /** Only these. Absent or empty: no restriction. */
  readonly allow?: readonly string[];
  /** Never these, whatever else says so. */
  readonly deny?: readonly string[];
  /** These too, though profile or allow lists leave them out. */
  readonly alsoAllow?: readonly string[];
}

export interface ToolPolicySpec extends ToolRules {
  /** Further rules while this provider answers. */
  readonly byProvider?: Readonly<Record<string, ToolRules>>;
  /** Less for the runs that come from a channel: `ws`, `http`, `mcp`, `telegram`, … */
  readonly byChannel?: Readonly<Record<string, NarrowingRules>>;
}

/** A channel or group may narrow what an agent has, never widen it. */
export type NarrowingRules = Pick<ToolRules, 'allow' | 'deny'>;

/** Whose rules hold for one run, beside the global ones. */
export interface ToolScope {
  /** Name of the provider that answers. */
  readonly provider?: string;
  readonly agent?: ToolPolicySpec;
  /** Where the run comes from. */
  readonly channel?: string;
  /** The run was started by another one, to do a part of its work. */
  readonly isSubagent?: true;
}

export interface PolicyInputs extends ToolScope {
  readonly global: ToolPolicySpec;
}

export type PolicyLayer =
  'global' | 'provider' | 'agent' | 'agent-provider' | 'channel' | 'agent-channel' | 'subagent';
export type PolicyRule = 'profile' | 'allow' | 'deny' | 'alsoAllow';

/** Which rule decided about a tool; `default` when no rule speaks of it, `unknown` when no such tool exists. */
export type PolicyStep = `${PolicyLayer}.${PolicyRule}` | 'default' | 'unknown';

export interface PolicyDecision {
  readonly name: string;
  readonly allowed: boolean;
  readonly step: PolicyStep;
}

export interface ResolvedPolicy {
  /** Names of the tools that are left, in their order. */
  allowed(): readonly string[];
  /** Why a tool is or is not available. */
  explain(name: string): PolicyDecision;
}

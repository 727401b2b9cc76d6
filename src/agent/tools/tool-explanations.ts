import { Injectable } from '@nestjs/common';
import type { Caller, JsonSchema, OfferedTool, ToolContext, WithheldTool } from '#contracts';
import type { AgentEntity } from '#store';
import {
  isReservedName,
  nearNames,
  policyReason,
  ToolPolicy,
  type PolicyDecision,
  type ToolScope,
  type Toolset,
  Toolsets,
  withheldAs,
} from '#tools';
import { AgentAccess } from '../access/agent-access.js';
import { AgentRights } from '../admin/agent-rights.js';
import { AgentResolver } from '../resolver/agent-resolver.js';

/** For which runs it is asked. */
export interface ToolQuestion {
  /** Who answers. Default: the provider of the agent's own model. */
  readonly provider?: string;
  /** Where the run comes from. */
  readonly channel?: string;
  /** Whether another run started it. */
  readonly isSubagent?: boolean;
}

/** Why an agent has a tool, or has it not. */
export interface ToolExplanation {
  readonly name: string;
  readonly available: boolean;
  /**
   * The rule that decided; `default` without one, `place` where it cannot work, `withheld` by its source, `unknown`
   * for no tool at all.
   */
  readonly step: string;
  /** A sentence; with the remedy, where it is not available. */
  readonly reason: string;
  /** Where it comes from: a class of the gateway, `custom`, `mcp:<server>`. */
  readonly source?: string;
  readonly groups?: readonly string[];
  readonly description?: string;
  /** Of the arguments; only where one tool is asked for. */
  readonly parameters?: JsonSchema;
}

/** Where a tool would be called. */
type ToolPlace = Pick<ToolContext, 'sandbox'>;

export interface AgentTools {
  readonly agentId: string;
  readonly provider: string;
  /** Sorted by name. */
  readonly tools: readonly ToolExplanation[];
}

/** Answers which tools an agent has for the caller, and why. */
@Injectable()
export class ToolExplanations {
  constructor(
    private readonly access: AgentAccess,
    private readonly rights: AgentRights,
    private readonly resolver: AgentResolver,
    private readonly toolsets: Toolsets,
    private readonly policy: ToolPolicy,
  ) {}

  /**
   * Every tool that there is for the caller, and every one that there would be.
   * @param id UUID or key of an agent; absent: the default one
   * @throws RecordError `not-found` for an agent that the caller may not see
   */
  async all(caller: Caller, id: string | undefined, question: ToolQuestion): Promise<AgentTools> {
    const { agent, tools, scope, place } = await this.look(caller, id, question);
    const resolved = this.policy.resolve(tools, scope);
    const present = tools
      .list()
      .map((entry) => explained(entry, resolved.explain(entry.spec.name), scope, place));
    const missing = tools.withheld().map(withheld);
    const sorted = [...present, ...missing].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return { agentId: agent.agent_key, provider: scope.provider ?? '', tools: sorted };
  }

  /** The same of one tool; also of one that does not exist. @throws as {@link all} */
  async one(
    caller: Caller,
    id: string | undefined,
    name: string,
    question: ToolQuestion,
  ): Promise<ToolExplanation & { readonly agentId: string }> {
    const { agent, tools, scope, place } = await this.look(caller, id, question);
    return { agentId: agent.agent_key, ...this.explain(tools, scope, place, name) };
  }

  /** Of one tool among these, by these rules, called there. */
  explain(tools: Toolset, scope: ToolScope, place: ToolPlace, wanted: string): ToolExplanation {
    const decision = this.policy.resolve(tools, scope).explain(wanted);
    const { name } = decision;
    const entry = tools.get(name);
    if (entry) return { ...explained(entry, decision, scope, place), parameters: entry.spec.parameters };
    const missing = withheldAs(tools, name);
    return missing ? withheld({ ...missing, name }) : unknown(name, tools);
  }

  private async look(caller: Caller, id: string | undefined, question: ToolQuestion) {
    const agent = await this.rights.require(caller, id ?? (await this.access.defaultKey()), 'see');
    const tools = await this.toolsets.of({ caller, agent: { id: agent.id, key: agent.agent_key } });
    const sandbox = this.resolver.sandboxOf(agent);
    return { agent, tools, scope: this.scopeOf(agent, question), place: { ...(sandbox && { sandbox }) } };
  }

  private scopeOf(agent: AgentEntity, { provider, channel, isSubagent }: ToolQuestion): ToolScope {
    return {
      agent: agent.tools_config,
      provider: provider ?? this.resolver.primaryTarget(agent).provider,
      ...(channel !== undefined && { channel }),
      ...(isSubagent && { isSubagent }),
    };
  }
}

function explained(
  { spec, source, tool }: OfferedTool,
  decision: PolicyDecision,
  scope: ToolScope,
  place: ToolPlace,
): ToolExplanation {
  const { name, description, groups } = spec;
  const problem = decision.allowed ? tool.problem?.(place) : undefined;
  const known = { name, source, groups, description };
  if (problem !== undefined) return { ...known, available: false, step: 'place', reason: problem };
  const { allowed: available, step } = decision;
  return { ...known, available, step, reason: policyReason(decision, scope) };
}

function withheld({ name, source, reason }: WithheldTool): ToolExplanation {
  return { name, available: false, step: 'withheld', reason, source };
}

function unknown(name: string, tools: Toolset): ToolExplanation {
  const names = tools.list().map(({ spec }) => spec.name);
  const near = nearNames(name, names).join(' or ');
  const hint = near === '' ? '' : ` Did you mean ${near}?`;
  const reason = isReservedName(name)
    ? 'The part of the gateway that brings this tool is not there, or is switched off in the configuration.'
    : `There is no such tool.${hint}`;
  return { name, available: false, step: 'unknown', reason };
}

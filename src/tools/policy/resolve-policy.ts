import type { ToolSpec } from '#contracts';
import { ToolsError, ToolsErrorReason } from '../tools.errors.js';
import {
  canonicalToolName,
  GROUP_PREFIX,
  PROFILE_ENTRIES,
  SUBAGENT_DENIED,
  TOOL_GROUPS,
  TOOL_PROFILES,
  type ToolProfile,
} from './tool-groups.js';
import type {
  NarrowingRules,
  PolicyDecision,
  PolicyInputs,
  PolicyLayer,
  PolicyStep,
  ResolvedPolicy,
  ToolRules,
} from './tool-policy.types.js';

type PolicyTool = Pick<ToolSpec, 'name' | 'groups'>;
type Matcher = (tool: PolicyTool) => boolean;

/** What a policy needs to know of a set of tools. */
interface PolicyTools {
  get(name: string): { readonly spec: PolicyTool } | undefined;
  list(): readonly { readonly spec: PolicyTool }[];
}

interface Rule {
  readonly step: PolicyStep;
  readonly matches: Matcher;
}

export interface CompiledPolicy {
  readonly profile: Rule | undefined;
  readonly allow: readonly Rule[];
  readonly alsoAllow: readonly Rule[];
  /** What holds for `alsoAllow`, too. */
  readonly narrow: readonly Rule[];
  readonly deny: readonly Rule[];
}

/** What the rules decide about these tools; about each when it is asked for. */
export function resolvePolicy(tools: PolicyTools, policy: CompiledPolicy): ResolvedPolicy {
  const explain = (name: string): PolicyDecision => {
    const wanted = canonicalToolName(name);
    const entry = tools.get(wanted);
    return entry ? decide(entry.spec, policy) : { name: wanted, allowed: false, step: 'unknown' };
  };
  return {
    explain,
    allowed: () => tools.list().flatMap(({ spec }) => (decide(spec, policy).allowed ? [spec.name] : [])),
  };
}

function decide(tool: PolicyTool, policy: CompiledPolicy): PolicyDecision {
  const { name } = tool;
  const denied = policy.deny.find((rule) => rule.matches(tool));
  if (denied) return { name, allowed: false, step: denied.step };
  const narrowed = policy.narrow.find((rule) => !rule.matches(tool));
  if (narrowed) return { name, allowed: false, step: narrowed.step };
  const added = policy.alsoAllow.find((rule) => rule.matches(tool));
  if (added) return { name, allowed: true, step: added.step };
  if (policy.profile && !policy.profile.matches(tool))
    return { name, allowed: false, step: policy.profile.step };
  const missing = policy.allow.find((rule) => !rule.matches(tool));
  if (missing) return { name, allowed: false, step: missing.step };
  const step = [policy.profile, ...policy.allow, ...policy.narrow].findLast(Boolean)?.step ?? 'default';
  return { name, allowed: true, step };
}

/**
 * The rules of a scope, which leave tools in seven steps: (1) the most specific profile (agent for this provider, agent,
 * provider, global), narrowed by the allow lists of (2) everybody, (3) the provider, (4) the agent and (5) the agent for
 * this provider; widened by (6) `alsoAllow`; narrowed by (7) the allow lists of the channel. Whatever came of that, a
 * `deny` of anybody takes away, and subagents never have {@link SUBAGENT_DENIED}.
 * @throws ToolsError when a profile does not exist: an unknown profile must never mean "everything".
 */
export function compilePolicy(inputs: PolicyInputs): CompiledPolicy {
  const layers = layersOf(inputs);
  const lists = (rule: 'allow' | 'deny' | 'alsoAllow'): Rule[] =>
    layers.flatMap(([layer, rules]) => {
      const entries = rules[rule] ?? [];
      return entries.length > 0 ? [{ step: `${layer}.${rule}` as const, matches: matcherOf(entries) }] : [];
    });
  return {
    profile: profileOf(layers),
    allow: lists('allow').filter(({ step }) => !NARROWING.has(step)),
    narrow: lists('allow').filter(({ step }) => NARROWING.has(step)),
    alsoAllow: lists('alsoAllow'),
    deny: lists('deny'),
  };
}

/** Allow lists that may only take away. */
const NARROWING: ReadonlySet<PolicyStep> = new Set(['channel.allow', 'agent-channel.allow']);

/** From the most general to the most specific. */
function layersOf(inputs: PolicyInputs): readonly (readonly [PolicyLayer, ToolRules])[] {
  const { global, agent, channel, provider, isSubagent } = inputs;
  return [
    ['global', global],
    ['provider', rulesFor(global.byProvider, provider)],
    ['agent', agent ?? {}],
    ['agent-provider', rulesFor(agent?.byProvider, provider)],
    ['channel', narrowing(rulesFor(global.byChannel, channel))],
    ['agent-channel', narrowing(rulesFor(agent?.byChannel, channel))],
    ['subagent', isSubagent ? { deny: SUBAGENT_DENIED } : {}],
  ];
}

function rulesFor<T extends object>(all: Readonly<Record<string, T>> = {}, name?: string): Partial<T> {
  return name !== undefined && Object.hasOwn(all, name) ? (all[name] ?? {}) : {};
}

/** Whatever else somebody wrote there. */
function narrowing({ allow = [], deny = [] }: NarrowingRules): NarrowingRules {
  return { allow, deny };
}

function profileOf(layers: readonly (readonly [PolicyLayer, ToolRules])[]): Rule | undefined {
  const named = layers.filter(([, rules]) => rules.profile !== undefined && rules.profile !== '');
  for (const [layer, { profile = '' }] of named) assertProfile(profile, layer);
  const [layer, rules] = named.at(-1) ?? [];
  if (layer === undefined || !isProfile(rules?.profile)) return undefined;
  return { step: `${layer}.profile`, matches: matcherOf(PROFILE_ENTRIES[rules.profile]) };
}

function assertProfile(profile: string, layer: PolicyLayer): void {
  if (isProfile(profile)) return;
  throw new ToolsError(
    ToolsErrorReason.UNKNOWN_PROFILE,
    `The ${layer} tool policy names the profile "${profile}"; use one of ${TOOL_PROFILES.join(', ')}.`,
  );
}

function isProfile(profile: string | undefined): profile is ToolProfile {
  return TOOL_PROFILES.some((known) => known === profile);
}

function matcherOf(entries: readonly string[]): Matcher {
  const wanted = entries.map((entry) => entry.trim());
  if (wanted.includes('*')) return () => true;
  const groups = wanted
    .filter((entry) => entry.startsWith(GROUP_PREFIX))
    .map((entry) => entry.slice(GROUP_PREFIX.length));
  const names = new Set([
    ...wanted.map(canonicalToolName),
    ...groups.flatMap((group) => TOOL_GROUPS.get(group) ?? []),
  ]);
  return (tool) => names.has(tool.name) || tool.groups.some((group) => groups.includes(group));
}

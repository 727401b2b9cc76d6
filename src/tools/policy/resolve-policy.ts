import type { ToolSpec } from '#contracts';
import { ToolsError, ToolsErrorReason } from '../tools.errors.js';
import {
  canonicalToolName,
  GROUP_PREFIX,
  PROFILE_ENTRIES,
  TOOL_GROUPS,
  TOOL_PROFILES,
  type ToolProfile,
} from './tool-groups.js';
import type {
  PolicyDecision,
  PolicyInputs,
  PolicyLayer,
  PolicyStep,
  ResolvedPolicy,
  ToolPolicySpec,
  ToolRules,
} from './tool-policy.types.js';

type PolicyTool = Pick<ToolSpec, 'name' | 'groups'>;
type Matcher = (tool: PolicyTool) => boolean;

interface Rule {
  readonly step: PolicyStep;
  readonly matches: Matcher;
}

interface CompiledPolicy {
  readonly profile: Rule | undefined;
  readonly allow: readonly Rule[];
  readonly alsoAllow: readonly Rule[];
  readonly deny: readonly Rule[];
}

/**
 * Which of `tools` the rules leave: the most specific profile (agent for this provider, agent, provider, global),
 * narrowed by the allow lists of global, provider, agent, agent for this provider and channel, widened by
 * `alsoAllow`, and last of all reduced by every `deny`.
 * @throws ToolsError when a profile does not exist: an unknown profile must never mean "everything".
 */
export function resolvePolicy(tools: readonly PolicyTool[], inputs: PolicyInputs): ResolvedPolicy {
  const policy = compile(inputs);
  const decisions = new Map<string, PolicyDecision>();
  for (const tool of tools) decisions.set(tool.name, decide(tool, policy));
  const allowed = new Set([...decisions.values()].filter((one) => one.allowed).map((one) => one.name));
  return {
    allowed,
    explain: (name) => {
      const wanted = canonicalToolName(name);
      return decisions.get(wanted) ?? { name: wanted, allowed: false, step: 'unknown' };
    },
  };
}

function decide(tool: PolicyTool, policy: CompiledPolicy): PolicyDecision {
  const { name } = tool;
  const denied = policy.deny.find((rule) => rule.matches(tool));
  if (denied) return { name, allowed: false, step: denied.step };
  const added = policy.alsoAllow.find((rule) => rule.matches(tool));
  if (added) return { name, allowed: true, step: added.step };
  if (policy.profile && !policy.profile.matches(tool))
    return { name, allowed: false, step: policy.profile.step };
  const missing = policy.allow.find((rule) => !rule.matches(tool));
  if (missing) return { name, allowed: false, step: missing.step };
  const step = policy.allow.at(-1)?.step ?? policy.profile?.step ?? 'default';
  return { name, allowed: true, step };
}

function compile(inputs: PolicyInputs): CompiledPolicy {
  const layers = layersOf(inputs);
  const lists = (rule: 'allow' | 'deny' | 'alsoAllow'): Rule[] =>
    layers.flatMap(([layer, rules]) => {
      const entries = rules[rule] ?? [];
      return entries.length > 0 ? [{ step: `${layer}.${rule}` as const, matches: matcherOf(entries) }] : [];
    });
  return {
    profile: profileOf(layers),
    allow: lists('allow'),
    alsoAllow: lists('alsoAllow'),
    deny: lists('deny'),
  };
}

/** From the most general to the most specific. */
function layersOf(inputs: PolicyInputs): readonly (readonly [PolicyLayer, ToolRules])[] {
  const { global, agent, channel, provider } = inputs;
  return [
    ['global', global],
    ['provider', rulesFor(global, provider)],
    ['agent', agent ?? {}],
    ['agent-provider', rulesFor(agent, provider)],
    ['channel', { allow: channel?.allow ?? [], deny: channel?.deny ?? [] }],
  ];
}

function rulesFor(policy: ToolPolicySpec | undefined, provider: string | undefined): ToolRules {
  const all = policy?.byProvider ?? {};
  return provider !== undefined && Object.hasOwn(all, provider) ? (all[provider] ?? {}) : {};
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

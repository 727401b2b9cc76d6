import type { PolicyDecision, PolicyLayer, PolicyRule, ToolScope } from './tool-policy.types.js';

/** Why a tool is, or is not, available, and what to change where it is not: a sentence for people. */
export function policyReason({ allowed, step }: PolicyDecision, scope: ToolScope): string {
  if (step === 'unknown') return 'There is no such tool.';
  if (step === 'default') return 'No rule speaks of it.';
  const [layer, rule] = partsOf(step);
  if (layer === 'subagent') return 'Runs that another run started never have it.';
  const place = `${placeOf(layer, scope)}.${rule}`;
  if (rule === 'deny') return `${place} names it, and a deny always wins. Remove it there to have the tool.`;
  if (allowed) return `${place} ${rule === 'profile' ? 'contains' : 'names'} it.`;
  if (rule === 'profile')
    return `${place} does not contain it. Add it to alsoAllow there, or choose another profile.`;
  const remedy = layer.endsWith('channel') ? 'Add it there' : 'Add it there, or to alsoAllow';
  return `${place} does not name it. ${remedy}.`;
}

function partsOf(step: string): readonly [PolicyLayer, PolicyRule] {
  const dot = step.lastIndexOf('.');
  return [step.slice(0, dot) as PolicyLayer, step.slice(dot + 1) as PolicyRule];
}

/** Where the rules of a layer are written. */
function placeOf(layer: PolicyLayer, { provider = '', channel = '' }: ToolScope): string {
  const places: Record<PolicyLayer, string> = {
    global: 'tools',
    provider: `tools.byProvider.${provider}`,
    agent: "the agent's tools",
    'agent-provider': `the agent's tools.byProvider.${provider}`,
    channel: `tools.byChannel.${channel}`,
    'agent-channel': `the agent's tools.byChannel.${channel}`,
    subagent: '',
  };
  return places[layer];
}

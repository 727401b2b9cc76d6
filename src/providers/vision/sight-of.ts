/** Whether a model takes images. `unknown`: it is shown them, and asked again without when it refuses. */
export type Sight = 'sees' | 'blind' | 'unknown';

/** Names that are told first: those of models that see, where their family does not. */
const SEEING: readonly RegExp[] = [
  /vision|llava|pixtral|moondream|minicpm-v|internvl|[-_.\d]vl(?![a-z])|qvq/,
  /gpt-(4o|4\.1|4\.5|4-turbo|5)/,
  /(^|\/)o[134](-|$)(?!mini-|preview|mini$)/,
  /(^|\/)o4-mini/,
  /claude-(?!instant|[12](?!\d))/,
  /gemini|gemma-?3|llama-?4|grok-4/,
];

const BLIND: readonly RegExp[] = [
  /gpt-3\.5|(^|\/)gpt-4(-\d{4}|-32k.*)?$|gpt-oss/,
  /(^|\/)o1-(mini|preview)|(^|\/)o3-mini/,
  /claude-(instant|[12](?!\d))/,
  /deepseek-(chat|reasoner|coder|r1|v[23])/,
  /llama-?3(\.[13])?(?![\d.])/,
  /mixtral|codestral|devstral|minimax-m\d|grok-3|grok-code|command-(a|r)/,
];

export function sightOf(model: string): Sight {
  const name = model.toLowerCase();
  if (SEEING.some((pattern) => pattern.test(name))) return 'sees';
  return BLIND.some((pattern) => pattern.test(name)) ? 'blind' : 'unknown';
}

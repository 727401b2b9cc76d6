/** The last generation whose sampling can be steered and whose thinking has a budget. */
const LAST_STEERABLE = 4.6;

/** `claude-opus-4-7`, `claude-sonnet-4-5-20250929`: family, major, minor; dates are no minor version. */
const VERSIONED = /claude-(?:opus|sonnet|haiku)-(\d+)(?:-(\d{1,2})(?!\d))?/;
/** `claude-3-5-sonnet-20241022` and before. */
const OLD = /claude-(?:\d|instant)/;

/**
 * Whether a model takes `temperature`, `top_p` and a thinking budget. Claude refuses all three since Opus 4.7
 * and thinks adaptively; other models behind Anthropic's API take them.
 */
export function isSteerable(model: string): boolean {
  if (!model.includes('claude') || OLD.test(model)) return true;
  const version = VERSIONED.exec(model);
  return version !== null && Number(`${version[1]}.${version[2] ?? 0}`) <= LAST_STEERABLE;
}

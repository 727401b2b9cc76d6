import { LlmError } from '#contracts';
import type { ChainTarget } from './provider-call.js';

/** Why one target gave no answer. */
export interface TargetFailure {
  readonly target: ChainTarget;
  readonly error: LlmError;
  /** Wall-clock milliseconds until which the target is not called; absent when it was called just now. */
  readonly coolingUntil?: number;
}

/** One error for a chain of which no target answered. It names each, why, and when to try again. */
export function chainFailure(failures: readonly TargetFailure[]): LlmError {
  const decisive = failures.findLast(({ coolingUntil }) => coolingUntil === undefined) ?? failures.at(-1);
  if (!decisive)
    return new LlmError(
      'no-provider',
      '',
      'No LLM provider is configured. Set an API key such as GOCLAW_ANTHROPIC_API_KEY or ' +
        'GOCLAW_OPENAI_API_KEY, or start a local Ollama, and try again.',
    );
  if (failures.length === 1 && decisive.coolingUntil === undefined) return decisive.error;
  const { kind, provider, status } = decisive.error;
  const waits = failures.flatMap(({ error }) => error.retryAfterMs ?? []);
  return new LlmError(kind, provider, failures.map(describe).join(' | '), {
    ...(status === undefined ? {} : { status }),
    ...(waits.length === 0 ? {} : { retryAfterMs: Math.min(...waits) }),
  });
}

function describe({ target, error, coolingUntil }: TargetFailure): string {
  if (coolingUntil === undefined) return error.message;
  const until = new Date(coolingUntil).toISOString();
  return `${target.provider}/${target.model} is not called before ${until} after: ${error.message}`;
}

import type { LlmUsage, RunContext } from '#contracts';
import type { CutReason, LogPosition, TokenUsage } from '#protocol';
import { type Lease, type NewMessage, NO_USAGE, type RunInput, type RunProgress } from '#store';
import type { RunTrace } from '#tracing';
import type { AgentRuntime } from '../resolver/agent-runtime.js';
import type { LogWriter } from '../runs/run-log.js';

/** Everything the loop works with, made before it begins. */
export interface LoopTask {
  readonly context: RunContext;
  readonly runtime: AgentRuntime;
  readonly lease: Lease;
  readonly input: RunInput;
  readonly log: LogWriter;
  readonly trace: RunTrace;
}

/** What a run has brought forth so far; kept while it goes, so that it can be ended with that at any moment. */
export interface LoopProgress {
  /** The visible text of all iterations. */
  content: string;
  usage: TokenUsage;
  /** Said or learned, and not in the transcript yet. */
  unsaved: NewMessage[];
  /** Why the last answer is not whole, when it is not. */
  cut: CutReason | undefined;
  /** Answered last. */
  provider: string | undefined;
  model: string | undefined;
  /** Calls of an earlier attempt may still be without a result. */
  hasOpenCalls: boolean;
}

/** What a run has brought forth before this attempt at it. */
export function progressOf({ attempt, progress }: Pick<Lease, 'attempt' | 'progress'>): LoopProgress {
  const { content = '', usage = NO_USAGE, provider, model } = progress ?? {};
  return { content, usage, unsaved: [], cut: undefined, provider, model, hasOpenCalls: attempt > 1 };
}

/** As it is written with a step: enough to go on from there. */
export function writtenProgress(progress: LoopProgress, position: LogPosition): RunProgress {
  const { content, usage, provider, model } = progress;
  return {
    content,
    usage,
    position,
    ...(provider !== undefined && { provider }),
    ...(model !== undefined && { model }),
  };
}

export function addUsage(total: TokenUsage, call: LlmUsage | undefined): TokenUsage {
  if (!call) return total;
  return {
    prompt_tokens: total.prompt_tokens + call.inputTokens,
    completion_tokens: total.completion_tokens + call.outputTokens,
    total_tokens: total.total_tokens + call.inputTokens + call.outputTokens,
    cached_tokens: (total.cached_tokens ?? 0) + call.cachedTokens,
  };
}

import type { ErrorCode } from './error-codes.js';
import type { FrameId } from './frames.js';

/** A place in the ordered log of one run: events of a later attempt come after those of an earlier one. */
export interface LogPosition {
  attempt: number;
  seq: number;
}

/** Tokens of a run or of one LLM call; `prompt_tokens` includes the cached ones. */
export interface TokenUsage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  cached_tokens?: number;
}

/** Why an answer is not whole: the model reached its limit of tokens, or its vendor's filter stepped in. */
export const CUT_REASONS = ['length', 'content-filter'] as const;
export type CutReason = (typeof CUT_REASONS)[number];

/** How an accepted run can end. */
export type RunOutcome = 'completed' | 'failed' | 'aborted' | 'merged' | 'dropped';

/**
 * Payload of each event of a run's log, by type. A run's log is
 * `run.started → (thinking* chunk* tool.call* tool.output* tool.result*)* → message? → run.completed | run.failed`;
 * the last two end it, exactly once. Where a run was taken up again after a crash, a `run.resumed` begins its next
 * attempt, and what follows it takes the place of all that it declares void.
 */
export interface RunEventPayloads {
  'run.started': undefined;
  /** A piece of the visible answer. The concatenated chunks that are not void are the final content. */
  chunk: { content: string };
  thinking: { content: string };
  'tool.call': { id: string; name: string };
  /** What a call shows while it goes, of a command its output. Bounded; not part of the conversation. */
  'tool.output': { id: string; name: string; content: string };
  'tool.result': { id: string; name: string; is_error: boolean };
  /** The final content of the run, once. Empty for a silent turn. */
  message: { content: string };
  /**
   * What came after this position is void: the run was taken up again after a crash. A reader that comes later is
   * not shown what is void.
   */
  'run.resumed': { discardAfter: LogPosition };
  'run.completed': {
    status: 'completed' | 'aborted' | 'merged';
    mergedInto?: string;
    usage?: TokenUsage;
    cut?: CutReason;
  };
  'run.failed': { error: string; code: ErrorCode };
}

export type RunEventType = keyof RunEventPayloads;

/** Types of the `agent` and `chat` events: the run's log, and the announcement that is not part of it. */
export type AgentEventType = RunEventType | 'run.accepted';

/**
 * Payload of an `agent` or `chat` frame. `thinking` and `message` travel as `chat`, everything else as `agent`.
 * `attempt` and `seq` are the place in the run's log (absent on `run.accepted`, which is no part of it).
 */
export interface AgentEvent<T extends AgentEventType = AgentEventType> {
  type: T;
  agentId: string;
  runId: string;
  sessionKey: string;
  attempt?: number;
  seq?: number;
  payload?: T extends RunEventType ? RunEventPayloads[T] : { requestId: FrameId };
}

import type { Caller, Lane, RunOrigin, SamplingParameters } from '#contracts';
import type { CutReason, ErrorCode, TokenUsage } from '#protocol';
import type { NewMessage } from '../sessions/message-rows.js';
import type { RunState } from './run.entity.js';

/** What was asked, as it is kept in `runs.request`: enough to execute the run after a restart. */
export interface RunInput {
  /** What the run appends to the transcript when it gets its turn. */
  readonly messages: readonly NewMessage[];
  /** A conversation that is not stored: everything before {@link messages}. */
  readonly history?: readonly NewMessage[];
  /** Added to the agent's prompt for this run. */
  readonly extraPrompt?: string;
  readonly sampling?: SamplingParameters;
  /** Publish `chunk` and `thinking` events. */
  readonly stream: boolean;
  /** Goes on without its HTTP request: an idempotency key or `background` was given. */
  readonly detached?: boolean;
}

/** A run that is about to be accepted. */
export interface NewRun {
  readonly id: string;
  readonly caller: Caller;
  readonly agentId: string;
  readonly agentKey: string;
  /** Absent for a conversation that is not stored. */
  readonly sessionId?: string;
  readonly sessionKey: string;
  readonly channel?: string;
  readonly lane: Lane;
  readonly origin: RunOrigin;
  /** Kind of request, e.g. `chat.send`: idempotency keys are unique per user and operation. */
  readonly operation: string;
  readonly idempotencyKey?: string;
  readonly requestHash?: string;
  readonly input: RunInput;
}

/** The session as it was when the run got its turn, before its messages were appended. */
export interface LeasedSession {
  readonly id: string;
  /** Sequence number of the first message that the run appended. */
  readonly firstSeq: number;
  readonly windowStartSeq: number;
  readonly softTrimBefore: number;
  readonly hardClearBefore: number;
  readonly compactionCount: number;
  readonly summary: string | undefined;
  /** Chosen for this session; wins over the agent's. */
  readonly modelOverride: string | undefined;
}

/** The right to work on a run. Every write names `epoch`: an older one changes nothing. */
export interface Lease {
  readonly runId: string;
  readonly epoch: number;
  readonly attempt: number;
  readonly session: LeasedSession | undefined;
}

/** How a run ended. */
export interface RunEnd {
  readonly state: 'completed' | 'failed' | 'aborted';
  readonly content: string;
  /** Why the answer is not whole, when it is not. */
  readonly cut?: CutReason;
  readonly usage: TokenUsage;
  readonly error?: { readonly code: ErrorCode; readonly message: string };
  /** Appended to the transcript in the same transaction. */
  readonly messages: readonly NewMessage[];
  readonly model?: string;
  readonly provider?: string;
}

/** A run as it is shown and as it is answered from. */
export interface RunRecord {
  readonly id: string;
  readonly state: RunState;
  readonly sessionId: string | undefined;
  readonly sessionKey: string;
  readonly agentId: string;
  readonly agentKey: string;
  readonly userId: string;
  readonly origin: RunOrigin;
  readonly requestHash: string | undefined;
  readonly input: RunInput;
  readonly attempt: number;
  readonly content: string;
  readonly cut: CutReason | undefined;
  readonly usage: TokenUsage;
  readonly error: { readonly code: ErrorCode; readonly message: string } | undefined;
  readonly mergedInto: string | undefined;
  readonly createdAt: Date;
  readonly finishedAt: Date | undefined;
}

/** A queued run found at start, with what is needed to execute it. */
export interface QueuedRun extends RunRecord {
  readonly caller: Caller;
  readonly lane: Lane;
  readonly operation: string;
  readonly channel: string | undefined;
}

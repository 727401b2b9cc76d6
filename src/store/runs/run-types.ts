import type { Caller, Lane, RunOrigin, SamplingParameters } from '#contracts';
import type { CutReason, ErrorCode, LogPosition, TokenUsage } from '#protocol';
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

/** Where in a chat platform the answer of a run goes. */
export interface RunPeer {
  /** Name of the channel instance. */
  readonly channel: string;
  readonly chatId: string;
  readonly chatKind: 'direct' | 'group';
  /** Topic of a forum. */
  readonly threadId?: string;
  /** The platform's id of the message that is answered. */
  readonly replyTo?: string;
}

/** What is sent to a chat platform, as it is kept in `outbox.message`. */
export interface OutboxMessage {
  readonly chat: {
    readonly id: string;
    readonly kind: 'direct' | 'group';
    readonly threadId?: string;
  };
  readonly text: string;
  /** The platform's id of the message that is answered. */
  readonly replyTo?: string;
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
  /** Its answer goes to a chat platform. */
  readonly peer?: RunPeer;
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
  /**
   * Sequence number of the first message that the run appended with its lease. A run that is resumed appends none:
   * there it is the number of the next message.
   */
  readonly firstSeq: number;
  readonly windowStartSeq: number;
  readonly softTrimBefore: number;
  readonly hardClearBefore: number;
  readonly compactionCount: number;
  readonly summary: string | undefined;
  /** Chosen for this session; wins over the agent's. */
  readonly modelOverride: string | undefined;
}

/** What a run had brought forth when its last step was written. */
export interface RunProgress {
  /** The visible text of all iterations. */
  readonly content: string;
  readonly usage: TokenUsage;
  /** The last event of its log that belongs to this; what comes behind it is void when the run is taken up again. */
  readonly position: LogPosition;
  /** Answered last. */
  readonly provider?: string;
  readonly model?: string;
}

/** The right to work on a run. Every write names `epoch`: an older one changes nothing. */
export interface Lease {
  readonly runId: string;
  readonly epoch: number;
  /** 1 for the first execution; with every one that follows, the run is resumed from its last written step. */
  readonly attempt: number;
  readonly session: LeasedSession | undefined;
  /** Of the attempts before; absent when no step was written. */
  readonly progress?: RunProgress;
  /** A conversation that is not stored: what the attempts before said and learned. */
  readonly steps?: readonly NewMessage[];
}

/** How long a lease is asked for, and by whom. */
export interface LeaseTerms {
  /** Id of this replica. */
  readonly owner: string;
  /** Wall-clock limit of the attempt. */
  readonly limitMs: number;
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
  /** What is sent to the run's peer; goes to the outbox in the same transaction. */
  readonly reply?: OutboxMessage;
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

/** A run that its replica left behind, with what is needed to execute it. */
export interface LeftRun {
  readonly run: NewRun;
  /** Its place in the order of acceptance. */
  readonly position: number;
  /** Of the last lease, or of none. */
  readonly epoch: number;
  readonly attempt: number;
  /** How often its replica was lost while it went, now included; handing it over on purpose does not count. */
  readonly interruptions: number;
  /** Somebody asked to stop it. */
  readonly abortReason: string | undefined;
}

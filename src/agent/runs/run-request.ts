import type { Caller, ContentPart, Lane, RunOrigin, SamplingParameters } from '#contracts';
import type { RunPeer } from '#store';
import type { CutReason, ErrorCode, RunOutcome, TokenUsage } from '#protocol';

/** One earlier message of a conversation that its client keeps. */
export interface GivenMessage {
  readonly role: 'user' | 'assistant';
  readonly content: readonly ContentPart[];
}

/** What an entry point asks of an agent. */
export interface RunRequest {
  readonly caller: Caller;
  /** Absent: the default agent. */
  readonly agentKey?: string;
  /**
   * Where the conversation is stored. Absent: `given` is the whole conversation, and nothing of it is stored but
   * the run.
   */
  readonly sessionKey?: string;
  /** What the user says now. */
  readonly content: readonly ContentPart[];
  /** Said before, for a conversation that is not stored. */
  readonly given?: readonly GivenMessage[];
  /** Added to the agent's prompt. */
  readonly extraPrompt?: string;
  readonly sampling?: SamplingParameters;
  /** Publish `chunk` and `thinking` events while the run goes. */
  readonly stream: boolean;
  readonly lane?: Lane;
  readonly origin: RunOrigin;
  /** Name of the place where the conversation happens: `ws`, `http`, a chat platform. */
  readonly channel: string;
  /** Where in a chat platform the answer goes. */
  readonly peer?: RunPeer;
  /** Kind of request, e.g. `chat.send`: idempotency keys are unique per user and operation. */
  readonly operation: string;
  readonly idempotencyKey?: string;
  /** Goes on without its HTTP request, also after a restart. */
  readonly detached?: boolean;
  /** Wait this long for more messages before starting. */
  readonly debounceMs?: number;
  /** Called once the run is committed, before any event of it. Not for a repeated request. */
  readonly onAccepted?: (run: AcceptedRun) => void;
}

export interface AcceptedRun {
  readonly runId: string;
  readonly sessionKey: string;
  readonly agentKey: string;
}

/** How a run ended. */
export interface RunResult {
  readonly runId: string;
  readonly sessionKey: string;
  readonly outcome: RunOutcome;
  /** The visible text of all iterations; for an aborted run, what there was of it. */
  readonly content: string;
  readonly usage: TokenUsage;
  /** Why the answer is not whole, when it is not. */
  readonly cut?: CutReason;
  /** Why it failed or was dropped. */
  readonly error?: { readonly code: ErrorCode; readonly message: string };
  /** The run that answered, when this one was merged into it. */
  readonly mergedInto?: string;
}

/** An accepted run. */
export interface RunHandle extends AcceptedRun {
  /** The request repeated an earlier one: this is the run of that one. */
  readonly repeated: boolean;
  /** How it ended. Never rejects. */
  readonly done: Promise<RunResult>;
}

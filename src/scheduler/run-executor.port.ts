import type { ErrorCode } from '#protocol';
import type { Lease, NewRun, OutboxMessage } from '#store';

/** Why a run ends that nobody will work on. */
export interface GivenUp {
  readonly code: ErrorCode;
  readonly message: string;
}

/** How a run ended that never got a turn. Its row says so already. */
export type ClosedRun =
  | { readonly state: 'aborted' }
  | { readonly state: 'merged'; /** The run that answers for it. */ readonly mergedInto: string }
  | { readonly state: 'dropped' | 'failed'; readonly message: string; readonly code: ErrorCode };

/**
 * Port: the scheduler asks, the agent answers. Implementations never throw, and write a run's end themselves,
 * under its lease.
 */
export abstract class RunExecutor {
  /**
   * Works on a run until its end, or until `signal` aborts (with a `RunAborted`). A lease of a later attempt than
   * the first: from its last written step on.
   */
  abstract execute(run: NewRun, lease: Lease, signal: AbortSignal): Promise<void>;

  /** Wall-clock limit of an attempt at a run of this agent. @throws StoreError while the database is away. */
  abstract timeLimitMs(agentKey: string): Promise<number>;

  /** Tells whoever waits that a run ended without a turn. */
  abstract closed(run: NewRun, end: ClosedRun): void;

  /** What a run's peer is told of such an end; written together with it. */
  abstract replyTo(run: NewRun, end: Exclude<ClosedRun, { state: 'merged' }>): OutboxMessage | undefined;

  /** Whoever waits here waits for another replica from now on. */
  abstract elsewhere(run: NewRun): void;

  /** Ends a run that was left behind and that nobody will work on, so that its conversation can go on. */
  abstract giveUp(run: NewRun, lease: Lease, failure: GivenUp): Promise<void>;
}

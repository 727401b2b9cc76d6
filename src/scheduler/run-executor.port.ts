import type { ErrorCode } from '#protocol';
import type { Lease, NewRun } from '#store';

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
  /** Works on a run until its end, or until `signal` aborts (with a `RunAborted`). */
  abstract execute(run: NewRun, lease: Lease, signal: AbortSignal): Promise<void>;

  /** Wall-clock limit of a run of this agent. @throws StoreError while the database is away. */
  abstract timeLimitMs(agentKey: string): Promise<number>;

  /** Tells whoever waits that a run ended without a turn. */
  abstract closed(run: NewRun, end: ClosedRun): void;

  /** Ends a run that a gone process left behind, so that its conversation can go on. */
  abstract interrupted(run: NewRun, lease: Lease): Promise<void>;
}

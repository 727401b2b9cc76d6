import type { Caller } from './caller.js';

/** Pools of run slots. Each lane has its own bound, so that schedules cannot starve people. */
export const LANES = ['main', 'subagent', 'cron'] as const;
export type Lane = (typeof LANES)[number];

/** Where a run came from. */
export type RunOrigin = 'ws' | 'http' | 'channel' | 'cron' | 'heartbeat' | 'subagent' | 'cli';

export interface AgentRef {
  readonly id: string;
  readonly key: string;
}

/** `id` is absent for a conversation that is not stored (HTTP without a session key). */
export interface SessionRef {
  readonly id?: string;
  readonly key: string;
}

/** The trace and span under which the work of a run is recorded. */
export interface TraceRef {
  readonly traceId: string;
  readonly spanId: string;
}

/** Handed explicitly to every provider call, tool and store that acts for a run. */
export interface RunContext {
  readonly runId: string;
  readonly caller: Caller;
  readonly agent: AgentRef;
  readonly session: SessionRef;
  readonly channel?: string;
  readonly lane: Lane;
  /** The one way to cancel: everything that waits listens to it. */
  readonly signal: AbortSignal;
  readonly trace: TraceRef;
  /** Fence: a write of an older epoch changes nothing. */
  readonly epoch: number;
  /** 1 for the first execution. */
  readonly attempt: number;
  /** A call that somebody makes by hand, outside of any run: nothing tells that it has ended. */
  readonly byHand?: true;
}

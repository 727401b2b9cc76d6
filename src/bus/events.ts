import type { Caller } from '#contracts';

/** A run ended and its end is committed. */
export class RunFinished {
  constructor(
    readonly runId: string,
    readonly agentKey: string,
    /** On whose authority it ran. */
    readonly caller: Caller,
    /** Absent for a conversation that is not stored. */
    readonly sessionId: string | undefined,
    readonly sessionKey: string,
    readonly outcome: 'completed' | 'failed' | 'aborted',
  ) {}
}

/** What is remembered of a session is no longer true: it was reset, deleted, or written to from outside a run. */
export class SessionChanged {
  constructor(readonly sessionId: string) {}
}

export type DomainEvent = RunFinished | SessionChanged;

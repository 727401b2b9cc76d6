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

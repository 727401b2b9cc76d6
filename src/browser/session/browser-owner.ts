import type { RunContext } from '#contracts';

/** Whose pages they are: those of one conversation, which a user has with an agent. */
export interface BrowserOwner {
  readonly userId: string;
  readonly agentId: string;
  readonly sessionKey: string;
  /** Absent: the conversation is not stored, and its pages end with the run. */
  readonly sessionId?: string;
  readonly runId?: string;
}

/** No two owners have the same, whatever users write into their ids and keys. */
export function ownerKey({ userId, agentId, sessionKey, sessionId, runId }: BrowserOwner): string {
  return JSON.stringify([userId, agentId, sessionId ?? `${runId ?? ''}/${sessionKey}`]);
}

export function ownerOfRun({ caller, agent, session, runId }: RunContext): BrowserOwner {
  const owner = { userId: caller.userId, agentId: agent.id, sessionKey: session.key };
  return session.id === undefined ? { ...owner, runId } : { ...owner, sessionId: session.id };
}

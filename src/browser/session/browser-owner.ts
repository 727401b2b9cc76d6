import type { RunContext } from '#contracts';

/** Whose pages they are: those of one conversation, which a user has with an agent. */
export interface BrowserOwner {
  readonly userId: string;
  readonly agentId: string;
  readonly sessionKey: string;
  /** Absent: the conversation is not stored, and its pages end with the run. */
  readonly sessionId?: string;
  /** Absent: of a stored conversation, or of calls by hand, which share the pages of the conversation they name. */
  readonly runId?: string;
}

/** No two owners have the same, whatever users write into their ids and keys. */
export function ownerKey({ userId, agentId, sessionKey, sessionId, runId }: BrowserOwner): string {
  return JSON.stringify([userId, agentId, sessionId ?? `${runId ?? ''}/${sessionKey}`]);
}

export function ownerOfRun({ caller, agent, session, runId, byHand }: RunContext): BrowserOwner {
  const owner = { userId: caller.userId, agentId: agent.id, sessionKey: session.key };
  if (session.id !== undefined) return { ...owner, sessionId: session.id };
  return byHand === true ? owner : { ...owner, runId };
}

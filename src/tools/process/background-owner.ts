import type { RunContext } from '#contracts';

/** Whose background commands they are. Nobody else can name them, whatever id he guesses. */
export interface BackgroundOwner {
  readonly key: string;
  readonly userId: string;
  /** Absent for a conversation that is not stored: its commands end with the run. */
  readonly sessionId?: string;
  readonly runId: string;
}

/**
 * The commands of one session belong to the user and the agent of that session, together. Calls by hand share those of
 * the session that they name, stored or not: each of them is a run of its own.
 */
export function ownerOfBackground({ caller, agent, session, runId, byHand }: RunContext): BackgroundOwner {
  const unstored = byHand === true ? ['by hand'] : ['run', runId];
  const conversation = session.id === undefined ? unstored : ['session', session.id];
  const key = JSON.stringify([caller.userId, agent.id, session.key, ...conversation]);
  return { key, userId: caller.userId, runId, ...(session.id !== undefined && { sessionId: session.id }) };
}

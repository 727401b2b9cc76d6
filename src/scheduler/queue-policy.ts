import type { NewRun } from '#store';
import type { QueueConfig } from './scheduler.config.js';
import type { RunEntry } from './session-queue.js';

export const REPLACED_BY_NEWER = 'The message was replaced by a newer one.';

/** A waiting run that loses its place, and what its client is told. */
export interface Dropped {
  readonly entry: RunEntry;
  readonly message: string;
}

/** Who of the waiting runs of one session (oldest first) has to go. */
export function droppedBy(policy: Readonly<QueueConfig>, waiting: readonly RunEntry[]): readonly Dropped[] {
  if (policy.mode === 'interrupt') {
    return waiting.slice(0, -1).map((entry) => ({ entry, message: REPLACED_BY_NEWER }));
  }
  return waiting.slice(0, Math.max(0, waiting.length - policy.cap)).map((entry) => ({
    entry,
    message: 'The message was dropped from a full queue (scheduler.queue.cap). Send it again.',
  }));
}

/**
 * Only messages of one authority that ask for the same kind of answer may become one run: their text is joined,
 * everything else is taken from the first.
 */
export function mergeKeyOf({ caller, agentKey, origin, lane, channel, input }: NewRun): string {
  const { stream, extraPrompt, sampling, detached } = input;
  const authority = [caller.userId, caller.sender, caller.credential, caller.role, caller.scopes];
  return JSON.stringify([
    authority,
    agentKey,
    origin,
    lane,
    channel,
    stream,
    extraPrompt,
    sampling,
    detached,
  ]);
}

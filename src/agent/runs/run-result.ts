import { ErrorCode, type RunOutcome } from '#protocol';
import { type NewRun, NO_USAGE, type RunRecord } from '#store';
import type { RunResult } from './run-request.js';

export function isOpen({ state }: RunRecord): boolean {
  return state === 'queued' || state === 'running';
}

/** The end of a run as its row tells it. */
export function resultOf(record: RunRecord): RunResult {
  const { id: runId, sessionKey, content, cut, usage, error, mergedInto } = record;
  const outcome = record.state as RunOutcome;
  return {
    runId,
    sessionKey,
    outcome,
    content,
    usage,
    // The row of an aborted run says why; that is no failure.
    ...(error && outcome !== 'aborted' && { error }),
    ...(cut && { cut }),
    ...(mergedInto !== undefined && { mergedInto }),
  };
}

/** The answer to whoever waits for a run that was not accepted. */
export function unavailable(
  { id: runId, sessionKey }: Pick<NewRun, 'id' | 'sessionKey'>,
  message: string,
): RunResult {
  const error = { code: ErrorCode.UNAVAILABLE, message };
  return { runId, sessionKey, outcome: 'failed', content: '', usage: NO_USAGE, error };
}

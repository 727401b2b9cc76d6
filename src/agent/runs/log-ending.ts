import type { RunEvent } from '#contracts';
import type { LogPosition, RunEventPayloads, RunEventType } from '#protocol';
import type { RunRecord } from '#store';
import { comparePositions } from './positions.js';
import { LOG_START } from './standing-events.js';

/** Whether this event ends a log. */
export function isEnd({ type }: Pick<RunEvent, 'type'>): boolean {
  return type === 'run.completed' || type === 'run.failed';
}

/**
 * The end of a log that went down with its process: the run's row was committed, the last events of its log were not.
 * `logged`: the events that were, without those that are void. The same row and events always give the same end, as
 * one more attempt that only says what is missing.
 */
export function endingOf(record: RunRecord, logged: readonly RunEvent[]): RunEvent[] {
  const last: LogPosition = logged.at(-1) ?? LOG_START;
  const said = logged.map((event) => (event.type === 'chunk' ? event.payload.content : '')).join('');
  // Otherwise more became void than the log has kept.
  const stands = record.content.startsWith(said);
  const attempt = Math.max(record.attempt, last.attempt) + 1;
  const events: RunEvent[] = [];
  const append = <T extends RunEventType>(type: T, payload: RunEventPayloads[T]): void => {
    events.push({ runId: record.id, attempt, seq: events.length + 1, type, payload } as RunEvent);
  };
  const { attempt: lastAttempt, seq } = last;
  append('run.resumed', { discardAfter: stands ? { attempt: lastAttempt, seq } : LOG_START });
  const rest = stands ? record.content.slice(said.length) : record.content;
  if (record.input.stream && rest !== '') append('chunk', { content: rest });
  const isTold = stands && logged.some(({ type }) => type === 'message');
  for (const [type, payload] of lastWords(record)) if (type !== 'message' || !isTold) append(type, payload);
  return events;
}

function lastWords({ state, content, usage, cut, error, mergedInto }: RunRecord): LastWord[] {
  if (state === 'failed' || state === 'dropped') {
    return [['run.failed', { error: error?.message ?? '', code: error?.code ?? 'INTERNAL' }]];
  }
  if (state === 'merged') {
    return [['run.completed', { status: state, ...(mergedInto !== undefined && { mergedInto }) }]];
  }
  const status = state === 'aborted' ? state : 'completed';
  return [
    ['message', { content }],
    ['run.completed', { status, usage, ...(cut && { cut }) }],
  ];
}

type LastWord = {
  [T in 'message' | 'run.completed' | 'run.failed']: readonly [T, RunEventPayloads[T]];
}['message' | 'run.completed' | 'run.failed'];

/** Those of the events that come after a position. */
export function behind(events: readonly RunEvent[], position: LogPosition): RunEvent[] {
  return events.filter((event) => comparePositions(event, position) > 0);
}

import { describe, expect, it } from 'vitest';
import type { RunEvent } from '#contracts';
import type { RunEventPayloads, RunEventType } from '#protocol';
import { recordOf } from '../replicas/two-replicas.fixture.js';
import { endingOf } from './log-ending.js';

function event<T extends RunEventType>(seq: number, type: T, payload: RunEventPayloads[T]): RunEvent {
  return { runId: recordOf().id, attempt: 1, seq, type, payload } as RunEvent;
}

const told = (events: readonly RunEvent[]): unknown[] =>
  events.map(({ attempt, seq, type, payload }) => [`${attempt}.${seq}`, type, payload]);

describe('the end of a log that was lost with its process', () => {
  const begun = [event(1, 'run.started', undefined), event(2, 'chunk', { content: 'Hello ' })];
  const usage = recordOf().usage;

  it('goes on where the log breaks off, with what the run has said and how it ended', () => {
    const record = recordOf({ state: 'completed', content: 'Hello Ann.' });
    expect(told(endingOf(record, begun))).toEqual([
      ['2.1', 'run.resumed', { discardAfter: { attempt: 1, seq: 2 } }],
      ['2.2', 'chunk', { content: 'Ann.' }],
      ['2.3', 'message', { content: 'Hello Ann.' }],
      ['2.4', 'run.completed', { status: 'completed', usage }],
    ]);
  });

  it('declares void what the run did not say in the end', () => {
    const record = recordOf({ state: 'completed', content: 'Good morning.', attempt: 2 });
    expect(told(endingOf(record, begun)).slice(0, 2)).toEqual([
      ['3.1', 'run.resumed', { discardAfter: { attempt: 0, seq: 0 } }],
      ['3.2', 'chunk', { content: 'Good morning.' }],
    ]);
  });

  it('does not tell the message again that the log has, nor pieces to a run that streams none', () => {
    const record = recordOf({ state: 'aborted', content: 'Hello ', input: { messages: [], stream: false } });
    expect(told(endingOf(record, [...begun, event(3, 'message', { content: 'Hello ' })]))).toEqual([
      ['2.1', 'run.resumed', { discardAfter: { attempt: 1, seq: 3 } }],
      ['2.2', 'run.completed', { status: 'aborted', usage }],
    ]);
  });

  it('says why a run failed, and which one answers for a merged one', () => {
    const error = { code: 'UNAVAILABLE', message: 'given up' } as const;
    expect(told(endingOf(recordOf({ state: 'failed', error }), [])).at(-1)).toEqual([
      '2.2',
      'run.failed',
      { error: 'given up', code: 'UNAVAILABLE' },
    ]);
    expect(told(endingOf(recordOf({ state: 'merged', mergedInto: 'r9' }), [])).at(-1)).toEqual([
      '2.2',
      'run.completed',
      { status: 'merged', mergedInto: 'r9' },
    ]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '#contracts';
import { LogBuffer } from './log-buffer.js';
import { eventsOfRow } from './log-rows.js';
import { comparePositions } from './positions.js';

const run = { runId: 'r', userId: 'ann', agentKey: 'default', sessionKey: 'agent:default:test' };
const START = { attempt: 0, seq: 0 };

function chunks(buffer: LogBuffer, ...texts: string[]): RunEvent[] {
  return texts.map((content) => buffer.push('chunk', { content }));
}

describe('the rows of a log', () => {
  it('hold what was said in a moment, adjacent text of one kind together', () => {
    const buffer = new LogBuffer(run, 1);
    buffer.push('run.started', undefined);
    buffer.push('thinking', { content: 'hm' });
    chunks(buffer, 'Hel', 'lo');
    buffer.push('tool.call', { id: '1', name: 'glob' });
    chunks(buffer, ' you');
    expect(buffer.takeRows()).toEqual([
      {
        runId: run.runId,
        attempt: 1,
        seq: 6,
        type: 'events',
        payload: {
          entries: [
            { seq: 1, type: 'run.started', payload: null },
            { seq: 2, type: 'thinking', payload: { content: 'hm', cuts: [2] } },
            { seq: 4, type: 'chunk', payload: { content: 'Hello', cuts: [3, 5] } },
            { seq: 5, type: 'tool.call', payload: { id: '1', name: 'glob' } },
            { seq: 6, type: 'chunk', payload: { content: ' you', cuts: [4] } },
          ],
        },
      },
    ]);
    expect(buffer.takeRows()).toEqual([]);
  });

  it('name a single event by its type', () => {
    const buffer = new LogBuffer(run, 2);
    buffer.push('run.started', undefined);
    expect(buffer.takeRows()).toEqual([
      { runId: run.runId, attempt: 2, seq: 1, type: 'run.started', payload: null },
    ]);
  });

  it('hold a bounded number of events', () => {
    const buffer = new LogBuffer(run, 1);
    for (let index = 0; index < 250; index++) buffer.push('tool.call', { id: `${index}`, name: 'glob' });
    expect(buffer.takeRows().map(({ seq }) => seq)).toEqual([100, 200, 250]);
  });

  it('end after 4 KB of text', () => {
    const buffer = new LogBuffer(run, 1);
    chunks(buffer, 'x'.repeat(4_096), 'y', 'z');
    expect(buffer.takeRows().map(({ seq }) => seq)).toEqual([1, 3]);
  });

  it('give back exactly the events that they were made of, from any position on', () => {
    const event = fc.oneof(
      fc.record({ type: fc.constantFrom('chunk', 'thinking'), payload: fc.record({ content: fc.string() }) }),
      fc.constant({ type: 'run.started', payload: undefined } as const),
      fc.constant({ type: 'tool.call', payload: { id: 'c', name: 'glob' } } as const),
      fc.constant({ type: 'message', payload: { content: 'whole' } } as const),
    );
    const batches = fc.array(fc.array(event, { maxLength: 8 }), { maxLength: 5 });
    fc.assert(
      fc.property(batches, fc.nat(30), fc.integer({ min: 1, max: 3 }), (pushes, seq, attempt) => {
        const buffer = new LogBuffer(run, attempt);
        const pushed: RunEvent[] = [];
        const rows = pushes.flatMap((batch) => {
          for (const { type, payload } of batch) pushed.push(buffer.push(type, payload));
          return buffer.takeRows();
        });
        const after = { attempt, seq };
        const behind = rows.filter((row) => comparePositions(row, after) > 0);
        expect(behind.flatMap((row) => eventsOfRow(row, after))).toEqual(
          pushed.filter((one) => comparePositions(one, after) > 0),
        );
      }),
    );
  });
});

describe('the memory of a log', () => {
  it('answers from any position while it is whole', () => {
    const buffer = new LogBuffer(run, 1);
    const events = chunks(buffer, 'a', 'b', 'c');
    expect(buffer.since(START)).toEqual(events);
    expect(buffer.since({ attempt: 1, seq: 2 })).toEqual(events.slice(2));
    expect(buffer.since({ attempt: 1, seq: 3 })).toEqual([]);
    expect(buffer.since({ attempt: 9, seq: 0 })).toEqual([]);
  });

  it('is bounded, and says when it no longer has the beginning', () => {
    const buffer = new LogBuffer(run, 1);
    chunks(buffer, ...Array.from({ length: 10_005 }, () => 'x'));
    expect(buffer.since(START)).toHaveLength(10_005);
    buffer.takeRows();
    expect(buffer.since(START)).toBeUndefined();
    const last = { attempt: 1, seq: 10_004 };
    expect(buffer.since(last)?.map(({ seq }) => seq)).toEqual([10_005]);
    expect(buffer.newest(START).length).toBeLessThanOrEqual(10_000);
  });

  it('is bounded by its text too, and what it takes is counted', () => {
    const buffer = new LogBuffer(run, 1);
    for (let index = 0; index < 30; index++) chunks(buffer, 'x'.repeat(100_000));
    expect(buffer.size).toBeGreaterThan(3_000_000);
    buffer.takeRows();
    expect(buffer.size).toBeLessThanOrEqual(1024 * 1024);
    expect(buffer.size).toBe(buffer.newest(START).length * 100_100);
  });

  it('lets nothing go that was not taken for the table', () => {
    const buffer = new LogBuffer(run, 1);
    for (let index = 0; index < 30; index++) chunks(buffer, 'x'.repeat(100_000));
    expect(buffer.since(START)).toHaveLength(30);
  });

  it('of a later attempt does not know what the earlier one said last', () => {
    const buffer = new LogBuffer(run, 2);
    const [event] = chunks(buffer, 'again');
    expect(buffer.since({ attempt: 1, seq: 5 })).toBeUndefined();
    expect(buffer.since({ attempt: 2, seq: 0 })).toEqual([event]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '#contracts';
import type { LogPosition, RunEventPayloads, RunEventType } from '#protocol';
import { LOG_START, reaches, standing } from './standing-events.js';

function event<T extends RunEventType>(
  attempt: number,
  seq: number,
  type: T,
  payload: RunEventPayloads[T],
): RunEvent {
  return { runId: 'r', attempt, seq, type, payload } as RunEvent;
}

const chunk = (attempt: number, seq: number): RunEvent =>
  event(attempt, seq, 'chunk', { content: `${attempt}.${seq} ` });
const resumed = (attempt: number, discardAfter: LogPosition): RunEvent =>
  event(attempt, 1, 'run.resumed', { discardAfter });

function places(events: readonly RunEvent[]): string[] {
  return events.map(({ attempt, seq }) => `${attempt}.${seq}`);
}

function textOf(events: readonly RunEvent[]): string {
  return events.map((one) => (one.type === 'chunk' ? one.payload.content : '')).join('');
}

describe('the events of a log that stand', () => {
  it('are all of them as long as nothing was interrupted', () => {
    const log = [chunk(1, 1), chunk(1, 2)];
    expect(standing(log)).toEqual(log);
  });

  it('are those up to the last step, and those of the attempt that went on from there', () => {
    const log = [chunk(1, 1), chunk(1, 2), chunk(1, 3), resumed(2, { attempt: 1, seq: 2 }), chunk(2, 2)];
    expect(places(standing(log))).toEqual(['1.1', '1.2', '2.1', '2.2']);
  });

  it('hold nothing of an attempt that left no step behind', () => {
    const kept = { attempt: 1, seq: 1 };
    const log = [chunk(1, 1), chunk(1, 2), resumed(2, kept), chunk(2, 2), resumed(3, kept), chunk(3, 2)];
    expect(places(standing(log))).toEqual(['1.1', '3.1', '3.2']);
  });

  it('do not include what an older attempt wrote late', () => {
    const log = [chunk(1, 1), chunk(1, 2), chunk(1, 3), resumed(2, LOG_START), chunk(2, 2)];
    expect(places(standing(log))).toEqual(['2.1', '2.2']);
  });

  it('are the text that a reader has who takes back what is void, after any number of crashes', () => {
    const attempts = fc.array(
      fc.record({ said: fc.nat(6), stepAfter: fc.option(fc.nat(6)), isLogLost: fc.boolean() }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(attempts, (crashes) => {
        let position: LogPosition | undefined;
        let kept = '';
        let shown = '';
        const log: RunEvent[] = [];
        for (const [index, { said, stepAfter, isLogLost }] of crashes.entries()) {
          const attempt = index + 1;
          let seq = 0;
          const say = (): void => {
            seq += 1;
            log.push(chunk(attempt, seq));
            shown += `${attempt}.${seq} `;
          };
          if (attempt > 1) {
            seq = 1;
            log.push(resumed(attempt, isLogLost ? LOG_START : (position ?? LOG_START)));
            shown = isLogLost ? '' : kept;
            if (!isLogLost) position ??= LOG_START;
            else {
              kept = '';
              position = { attempt, seq };
            }
          }
          for (let count = 0; count < said; count++) {
            say();
            if (count !== stepAfter) continue;
            position = { attempt, seq };
            kept = shown;
          }
        }
        expect(textOf(standing(log))).toBe(shown);
      }),
    );
  });
});

describe('a log that is to be gone on from', () => {
  it('reaches a place when nothing before it is missing', () => {
    const log = [chunk(1, 1), chunk(1, 2), resumed(2, { attempt: 1, seq: 2 }), chunk(2, 2), chunk(2, 3)];
    expect(reaches(log, { attempt: 1, seq: 2 })).toBe(true);
    expect(reaches(log, { attempt: 2, seq: 3 })).toBe(true);
    expect(reaches(log, { attempt: 2, seq: 4 })).toBe(false);
    expect(reaches([], { attempt: 1, seq: 1 })).toBe(false);
  });

  it('does not when a row was lost on the way', () => {
    expect(reaches([chunk(1, 2)], { attempt: 1, seq: 2 })).toBe(false);
    expect(reaches([chunk(1, 1), chunk(1, 3)], { attempt: 1, seq: 3 })).toBe(false);
    expect(reaches([chunk(1, 1), chunk(2, 2)], { attempt: 2, seq: 2 })).toBe(false);
  });
});

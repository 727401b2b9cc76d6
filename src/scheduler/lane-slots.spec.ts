import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LaneSlots } from './lane-slots.js';
import { RunAborted } from './run-aborted.js';

const never = new AbortController().signal;

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('the slots of a lane', () => {
  it('are given out up to the limit, then in the order they were asked for', async () => {
    const lane = new LaneSlots(2);
    const got: number[] = [];
    const asked = [1, 2, 3, 4].map(async (id) => {
      await lane.acquire(never);
      got.push(id);
    });
    await settled();
    expect(got).toEqual([1, 2]);
    lane.release();
    await settled();
    expect(got).toEqual([1, 2, 3]);
    lane.release();
    await Promise.all(asked);
    expect(got).toEqual([1, 2, 3, 4]);
  });

  it('are not taken by a newcomer while somebody waits', async () => {
    const lane = new LaneSlots(1);
    await lane.acquire(never);
    const waiting = lane.acquire(never);
    expect(lane.tryAcquire()).toBe(false);
    lane.release();
    expect(lane.tryAcquire()).toBe(false);
    await waiting;
    lane.release();
    expect(lane.tryAcquire()).toBe(true);
  });

  it('are no longer waited for after an abort, and none is lost to it', async () => {
    const lane = new LaneSlots(1);
    await lane.acquire(never);
    const controller = new AbortController();
    const given = lane.acquire(controller.signal);
    const next = lane.acquire(never);
    controller.abort(new RunAborted('user'));
    await expect(given).rejects.toBeInstanceOf(RunAborted);
    lane.release();
    await next;
    expect(lane.active).toBe(1);
    await expect(lane.acquire(controller.signal)).rejects.toBeInstanceOf(RunAborted);
    expect(lane.active).toBe(1);
  });

  it('are never more than the limit and never fewer than could be given', async () => {
    const steps = fc.array(fc.constantFrom('acquire', 'abort', 'release'), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), steps, async (limit, sequence) => {
        const lane = new LaneSlots(limit);
        const waiting: { controller: AbortController; granted: boolean }[] = [];
        let held = 0;
        for (const step of sequence) {
          if (step === 'acquire') {
            const entry = { controller: new AbortController(), granted: false };
            waiting.push(entry);
            const granted = (): void => {
              entry.granted = true;
              held += 1;
            };
            lane.acquire(entry.controller.signal).then(granted, () => undefined);
          } else if (step === 'abort') {
            const entry = waiting.findLast(
              ({ granted, controller }) => !granted && !controller.signal.aborted,
            );
            entry?.controller.abort(new RunAborted('user'));
          } else if (held > 0) {
            held -= 1;
            lane.release();
          }
          await settled();
          const open = waiting.filter(({ granted, controller }) => !granted && !controller.signal.aborted);
          expect(held).toBe(lane.active);
          expect(lane.active).toBeLessThanOrEqual(limit);
          if (open.length > 0) expect(lane.active).toBe(limit);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('may be more at once, for those that wait, or fewer as soon as runs end', async () => {
    const lane = new LaneSlots(1);
    const { signal } = new AbortController();
    expect(lane.tryAcquire()).toBe(true);
    let granted = 0;
    for (let i = 0; i < 3; i++) void lane.acquire(signal).then(() => (granted += 1));
    lane.resize(3);
    await settled();
    expect([granted, lane.active, lane.limit]).toEqual([2, 3, 3]);
    lane.resize(1);
    lane.release();
    lane.release();
    await settled();
    expect([granted, lane.active]).toEqual([2, 1]);
    lane.release();
    await settled();
    expect([granted, lane.active]).toEqual([3, 1]);
  });
});

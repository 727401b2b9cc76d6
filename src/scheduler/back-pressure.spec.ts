import { beforeEach, describe, expect, it } from 'vitest';
import type { Scheduler } from './scheduler.js';
import { Neighbours, runOf, schedulerWith, settled } from './scheduler.fixture.js';

const quietly = { onAccepted: () => undefined };
const REFUSED = { code: 'RESOURCE_EXHAUSTED', retryable: true, retryAfterMs: 1_000 };
const TASKS_MAX = 100;

describe('a scheduler without room', () => {
  let neighbours: Neighbours;
  let scheduler: Scheduler;
  beforeEach(() => {
    neighbours = new Neighbours();
    ({ scheduler } = schedulerWith(neighbours, { max_waiting: 1 }));
  });

  it('refuses a run that would have to wait, and takes one that would not', async () => {
    await scheduler.submit(runOf('s', 'going'), quietly);
    await scheduler.submit(runOf('s', 'waiting'), quietly);
    await expect(scheduler.submit(runOf('s', 'refused'), quietly)).rejects.toMatchObject(REFUSED);
    const elsewhere = runOf('other', 'at once');
    await scheduler.submit(elsewhere, quietly);
    expect(neighbours.began).toContain(elsewhere.id);
  });

  it('refuses a run whose session another replica keeps busy, and goes on with the next one', async () => {
    await scheduler.submit(runOf('s', 'going'), quietly);
    await scheduler.submit(runOf('s', 'waiting'), quietly);
    neighbours.busy.add('shared');
    await expect(scheduler.submit(runOf('shared', 'refused'), quietly)).rejects.toMatchObject(REFUSED);
    neighbours.busy.clear();
    await settled();
    const next = runOf('shared', 'taken');
    await scheduler.submit(next, quietly);
    expect(neighbours.began).toContain(next.id);
  });

  it('refuses more changes to a conversation than may wait for its turn', async () => {
    await scheduler.submit(runOf('s', 'going'), quietly);
    const task = (): Promise<string> => scheduler.inTurn('s', async () => 'done');
    const waiting = Array.from({ length: TASKS_MAX }, task);
    await expect(task()).rejects.toMatchObject(REFUSED);
    for (const { end } of neighbours.going.values()) end();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['done']));
    expect(await task()).toBe('done');
  });
});

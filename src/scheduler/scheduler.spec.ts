import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { NewRun } from '#store';
import type { Scheduler } from './scheduler.js';
import { away, Neighbours, runOf, schedulerWith, settled } from './scheduler.fixture.js';

const quietly = { onAccepted: () => undefined };

describe('the scheduler', () => {
  let neighbours: Neighbours;
  let scheduler: Scheduler;
  beforeEach(() => {
    neighbours = new Neighbours();
    ({ scheduler } = schedulerWith(neighbours));
  });

  async function going(sessionId: string): Promise<NewRun> {
    const run = runOf(sessionId, 'going');
    await scheduler.submit(run, quietly);
    expect(neighbours.began).toContain(run.id);
    return run;
  }

  function end(run: NewRun): Promise<void> {
    neighbours.going.get(run.id)?.end();
    return settled();
  }

  it('gives the turn to the next when the acceptance of the one before fails', async () => {
    const first = await going('s');
    neighbours.holdAcceptance = true;
    const failing = runOf('s', 'fails');
    const behind = runOf('s', 'behind');
    const refusal = scheduler.submit(failing, quietly);
    const accepted = scheduler.submit(behind, quietly);
    await end(first);
    expect(neighbours.began).toEqual([first.id]);
    neighbours.accepting.get(failing.id)?.fail(away());
    await expect(refusal).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await settled();
    neighbours.accepting.get(behind.id)?.accept();
    await accepted;
    await settled();
    expect(neighbours.began).toEqual([first.id, behind.id]);
  });

  it('executes what was accepted, even when nobody could be told', async () => {
    const run = runOf('s', 'hi');
    const onAccepted = vi.fn(() => {
      throw new Error('the reply was sent already');
    });
    expect(await scheduler.submit(run, { onAccepted })).toBe(true);
    expect(onAccepted).toHaveBeenCalledOnce();
    expect(neighbours.began).toEqual([run.id]);
    await end(run);
    await going('s');
  });

  it('says that a run failed that could not be started, and goes on with the next', async () => {
    const first = await going('s');
    const broken = runOf('s', 'broken');
    const next = runOf('s', 'next');
    await scheduler.submit(broken, quietly);
    neighbours.startError = new Error('unexpected');
    await end(first);
    expect(neighbours.ended.get(broken.id)).toMatchObject({ state: 'failed', code: 'INTERNAL' });
    neighbours.startError = undefined;
    await scheduler.submit(next, quietly);
    await settled();
    expect(neighbours.began).toEqual([first.id, next.id]);
  });

  it('refuses a run whose limit cannot be read, and leaves its session and its slot free', async () => {
    ({ scheduler } = schedulerWith(neighbours, { lanes: { main: 1 } }));
    neighbours.limitError = away();
    await expect(scheduler.submit(runOf('s', 'hi'), quietly)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    neighbours.limitError = undefined;
    await settled();
    await going('s');
  });

  it('does not merge a message away whose run could not be started', async () => {
    ({ scheduler } = schedulerWith(neighbours, { queue: { mode: 'followup' } }));
    const first = await going('s');
    const [second, third] = [runOf('s', 'two'), runOf('s', 'three')];
    await scheduler.submit(second, quietly);
    await scheduler.submit(third, quietly);
    neighbours.startError = new Error('unexpected');
    neighbours.closed = (run, how) => {
      neighbours.startError = undefined;
      neighbours.ended.set(run.id, how);
    };
    await end(first);
    expect(neighbours.ended.get(second.id)).toMatchObject({ state: 'failed' });
    expect(neighbours.ended.has(third.id)).toBe(false);
    expect(neighbours.began).toEqual([first.id, third.id]);
  });

  it('keeps a merged run going when only the first of its clients leaves', async () => {
    ({ scheduler } = schedulerWith(neighbours, { queue: { mode: 'followup' } }));
    const first = await going('s');
    const [second, third] = [runOf('s', 'two'), runOf('s', 'three')];
    await scheduler.submit(second, quietly);
    await scheduler.submit(third, quietly);
    await end(first);
    expect(neighbours.ended.get(third.id)).toEqual({ state: 'merged', mergedInto: second.id });
    expect(await scheduler.abort(second.id, 'disconnect')).toBe(false);
    expect(neighbours.going.get(second.id)?.signal.aborted).toBe(false);
    expect(await scheduler.abort(second.id, 'user')).toBe(true);
  });

  it('merges only what asks for the same kind of answer', async () => {
    ({ scheduler } = schedulerWith(neighbours, { queue: { mode: 'followup' } }));
    const first = await going('s');
    const [second, third] = [runOf('s', 'two'), runOf('s', 'three')];
    await scheduler.submit(second, quietly);
    await scheduler.submit({ ...third, input: { ...third.input, extraPrompt: 'In verse.' } }, quietly);
    await end(first);
    expect(neighbours.began).toEqual([first.id, second.id]);
    await end(second);
    expect(neighbours.began).toEqual([first.id, second.id, third.id]);
  });

  it('never merges the messages of two people in a group', async () => {
    ({ scheduler } = schedulerWith(neighbours, { queue: { mode: 'followup' } }));
    const first = await going('s');
    const [anns, bobs] = [runOf('s', 'two'), runOf('s', 'three')];
    await scheduler.submit({ ...anns, caller: { ...anns.caller, sender: 'chat:ann' } }, quietly);
    await scheduler.submit({ ...bobs, caller: { ...bobs.caller, sender: 'chat:bob' } }, quietly);
    await end(first);
    await end(anns);
    expect(neighbours.began).toEqual([first.id, anns.id, bobs.id]);
  });

  it('lets the message that came last win in interrupt mode', async () => {
    ({ scheduler } = schedulerWith(neighbours, { queue: { mode: 'interrupt' }, lanes: { main: 1 } }));
    const elsewhere = await going('elsewhere');
    neighbours.holdAcceptance = true;
    const [older, newer] = [runOf('s', 'older'), runOf('s', 'newer')];
    const submitted = [older, newer].map((run) => scheduler.submit(run, quietly));
    await settled();
    neighbours.accepting.get(older.id)?.accept();
    await settled();
    neighbours.accepting.get(newer.id)?.accept();
    await Promise.all(submitted);
    expect(neighbours.ended.get(older.id)).toMatchObject({ state: 'aborted' });
    neighbours.holdAcceptance = false;
    await end(elsewhere);
    expect(neighbours.began).toEqual([elsewhere.id, newer.id]);
  });

  it('keeps one run at a time in a session whose debounced message was aborted', async () => {
    const made = schedulerWith(neighbours);
    ({ scheduler } = made);
    const debounced = runOf('s', 'slow');
    await scheduler.submit(debounced, { ...quietly, debounceMs: 800 });
    expect(await scheduler.abort(debounced.id, 'user')).toBe(true);
    await end(await going('s'));
    const current = await going('s');
    made.clock.advance(1_000);
    const next = runOf('s', 'next');
    await scheduler.submit(next, quietly);
    expect(neighbours.began).not.toContain(next.id);
    await end(current);
    expect(neighbours.began).toContain(next.id);
    await end(next);
    expect(made.clock.pending).toBe(0);
  });

  it('bounds the runs that wait for a slot, of however many sessions', async () => {
    ({ scheduler } = schedulerWith(neighbours, { lanes: { main: 1 } }));
    await going('s');
    const submit = (index: number) => scheduler.submit(runOf(`s${index}`, 'x'), quietly);
    await Promise.all(Array.from({ length: 10_000 }, (_, index) => submit(index)));
    await expect(submit(10_001)).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED', retryable: true });
  });

  it('ends a run at its limit, and never calls a timer that it does not need', async () => {
    const made = schedulerWith(neighbours);
    ({ scheduler } = made);
    const run = await going('s');
    made.clock.advance(60_000);
    expect(neighbours.going.has(run.id)).toBe(false);
    await settled();
    expect(made.clock.pending).toBe(0);
  });

  describe('that shuts down', () => {
    it('waits for an acceptance that is on its way, and for its run', async () => {
      neighbours.holdAcceptance = true;
      const run = runOf('s', 'late');
      const submitted = scheduler.submit(run, quietly);
      await settled();
      let drained = false;
      const draining = scheduler.drain(20_000).then(() => (drained = true));
      neighbours.accepting.get(run.id)?.accept();
      await submitted;
      await settled();
      expect(neighbours.began).toEqual([run.id]);
      expect(drained).toBe(false);
      await end(run);
      await draining;
    });

    it('refuses new work, starts nothing that waits, and stops what does not end in time', async () => {
      const made = schedulerWith(neighbours);
      ({ scheduler } = made);
      const run = await going('s');
      const waiting = runOf('s', 'waits');
      await scheduler.submit(waiting, quietly);
      const draining = scheduler.drain(20_000);
      await expect(scheduler.submit(runOf('s', 'no'), quietly)).rejects.toMatchObject({
        code: 'UNAVAILABLE',
      });
      await expect(scheduler.inTurn('s', async () => 'no')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      made.clock.advance(20_000);
      await draining;
      expect(neighbours.began).toEqual([run.id]);
      expect(neighbours.ended.size).toBe(0);
    });
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#kernel';
import type { LeaseStore, LeftRun, NewRun } from '#store';
import { INTERRUPTIONS_MAX } from './left-runs.js';
import {
  away,
  Neighbours,
  runOf,
  schedulerWith,
  type SchedulerUnderTest,
  settled,
} from './scheduler.fixture.js';

const quietly = { onAccepted: () => undefined };

describe('a scheduler beside others', () => {
  let neighbours: Neighbours;
  let made: SchedulerUnderTest;
  beforeEach(() => {
    neighbours = new Neighbours();
    made = schedulerWith(neighbours);
    made.others.hasPeers = true;
  });

  function end(run: NewRun): Promise<void> {
    neighbours.going.get(run.id)?.end();
    return settled();
  }

  function leftOf(run: NewRun, values: Partial<LeftRun> = {}): LeftRun {
    return { run, position: 1, epoch: 1, attempt: 1, interruptions: 1, abortReason: undefined, ...values };
  }

  it('lets a message wait whose session has a run elsewhere, and asks again until it has its turn', async () => {
    const run = runOf('s', 'hi');
    neighbours.busy.add('s');
    neighbours.turn.set(run.id, 'not-yet');
    expect(await made.scheduler.submit(run, quietly)).toBe(true);
    made.clock.advance(5_000);
    await settled();
    expect(neighbours.began).toEqual([]);
    neighbours.turn.delete(run.id);
    made.clock.advance(1_000);
    await settled();
    expect(neighbours.began).toEqual([run.id]);
  });

  it('does not make it wait longer than it must, when it is told that the turn is free', async () => {
    const run = runOf('s', 'hi');
    neighbours.busy.add('s');
    neighbours.turn.set(run.id, 'not-yet');
    await made.scheduler.submit(run, quietly);
    await settled();
    neighbours.turn.delete(run.id);
    await made.left.adoptNext('s');
    await settled();
    expect(neighbours.began).toEqual([run.id]);
  });

  it('gives up the slot of a run that is not in turn yet', async () => {
    made = schedulerWith(neighbours, { lanes: { main: 1 } });
    neighbours.busy.add('s');
    const blocked = runOf('s', 'hi');
    neighbours.turn.set(blocked.id, 'not-yet');
    await made.scheduler.submit(blocked, quietly);
    await settled();
    const other = runOf('other', 'hi');
    await made.scheduler.submit(other, quietly);
    expect(neighbours.began).toEqual([other.id]);
  });

  it('tells others that a turn is free when one of theirs waits for it, and nobody here', async () => {
    const first = runOf('s', 'one');
    const second = runOf('s', 'two');
    await made.scheduler.submit(first, quietly);
    await made.scheduler.submit(second, quietly);
    await end(first);
    expect(made.others.told).toEqual([]);
    await end(second);
    expect(made.others.told).toEqual(['s']);
  });

  it('lets go of a run that another replica has taken, and goes on with the next', async () => {
    const first = runOf('s', 'one');
    const taken = runOf('s', 'two');
    const next = runOf('s', 'three');
    for (const run of [first, taken, next]) await made.scheduler.submit(run, quietly);
    neighbours.turn.set(taken.id, 'gone');
    await end(first);
    expect(neighbours.moved).toEqual([taken.id]);
    expect(neighbours.began).toEqual([first.id, next.id]);
  });

  it('begins without the others when runs of another replica stand between those that would merge', async () => {
    made = schedulerWith(neighbours, { queue: { mode: 'followup' } });
    neighbours.unmergeable = true;
    const runs = ['one', 'two', 'three'].map((text) => runOf('s', text));
    for (const run of runs) await made.scheduler.submit(run, quietly);
    for (const run of runs) await end(run);
    expect(neighbours.began).toEqual(runs.map(({ id }) => id));
    expect(neighbours.ended.size).toBe(0);
  });

  it('takes a waiting run in where it belongs: before those that were accepted after it', async () => {
    const going = runOf('s', 'going');
    const own = runOf('s', 'own');
    await made.scheduler.submit(going, quietly);
    await made.scheduler.submit(own, quietly);
    const older = runOf('s', 'older');
    made.turns.adopt(leftOf(older, { position: 0 }));
    made.turns.adopt(leftOf(older, { position: 0 }));
    await end(going);
    await end(older);
    expect(neighbours.began).toEqual([going.id, older.id, own.id]);
  });

  it('keeps the order when an older run is taken in while a newer one asks for its turn', async () => {
    const newer = runOf('s', 'newer');
    neighbours.busy.add('s');
    neighbours.turn.set(newer.id, 'not-yet');
    const asked = neighbours.holdTurns();
    await made.scheduler.submit(newer, quietly);
    made.clock.advance(1_000);
    await settled();
    const older = runOf('s', 'older');
    made.turns.adopt(leftOf(older, { position: 0 }));
    asked.answer();
    await settled();
    made.clock.advance(1_000);
    await settled();
    expect(neighbours.began).toEqual([older.id]);
  });

  it('stops a waiting run that is aborted while others are told of a free turn', async () => {
    const run = runOf('s', 'hi');
    neighbours.busy.add('s');
    neighbours.turn.set(run.id, 'not-yet');
    const told = Promise.withResolvers<boolean>();
    neighbours.leases.hasWaiting = () => told.promise;
    await made.scheduler.submit(run, quietly);
    // Wrongly told that the turn is free: it asks, and tells others.
    made.turns.queues.wake('s');
    await settled();
    expect(await made.scheduler.abort(run.id, 'user')).toBe(true);
    told.resolve(false);
    await settled();
    expect(neighbours.ended.get(run.id)).toEqual({ state: 'aborted' });
    neighbours.turn.delete(run.id);
    made.clock.advance(1_000);
    await settled();
    expect(neighbours.began).toEqual([]);
  });

  it('tells at once whoever waits here for a run that another replica has ended', async () => {
    const [going, waiting] = [runOf('s', 'going'), runOf('s', 'waiting')];
    for (const run of [going, waiting]) await made.scheduler.submit(run, quietly);
    neighbours.runs.closeQueued = async () => false;
    made.hear(`abort ${waiting.id} user`);
    await settled();
    expect(neighbours.moved).toEqual([waiting.id]);
    expect(made.scheduler.open(() => true)).toEqual([going]);
  });

  it('drops what waits elsewhere before a newer message, and tells its writer and its replica', async () => {
    made = schedulerWith(neighbours, { queue: { mode: 'interrupt' } });
    made.others.hasPeers = true;
    const older = runOf('s', 'older');
    neighbours.inTheWay = { waiting: [older], asked: ['going'] };
    neighbours.busy.add('s');
    const newer = runOf('s', 'newer');
    await made.scheduler.submit(newer, quietly);
    expect(neighbours.ended.get(older.id)).toMatchObject({ state: 'dropped', code: 'RESOURCE_EXHAUSTED' });
    expect(made.others.published).toEqual(['abort going interrupt', `abort ${older.id} interrupt`]);
  });

  describe('that finds interrupted runs', () => {
    it('goes on with them in free slots of their lane, each once', async () => {
      made = schedulerWith(neighbours, { lanes: { main: 1 } });
      const [first, second] = [runOf('a', 'one'), runOf('b', 'two')];
      neighbours.left = [leftOf(first), leftOf(second)];
      expect(await made.left.resume([])).toBe(1);
      expect(await made.left.resume([])).toBe(0);
      expect(neighbours.began).toEqual([first.id]);
      await end(first);
      neighbours.left = [leftOf(second)];
      expect(await made.left.resume([])).toBe(1);
      expect(neighbours.began).toEqual([first.id, second.id]);
    });

    it('gives them their turn among those that wait for a slot, however many there are', async () => {
      made = schedulerWith(neighbours, { lanes: { main: 1 } });
      const [going, waiting, last] = [runOf('a', 'x'), runOf('b', 'x'), runOf('c', 'x')];
      await made.scheduler.submit(going, quietly);
      await made.scheduler.submit(waiting, quietly);
      await settled();
      const interrupted = runOf('s', 'x');
      neighbours.left = [leftOf(interrupted)];
      made.slots.onSlot(() => made.left.resume([]));
      for (let sweep = 0; sweep < 2; sweep++) expect(await made.left.resume([])).toBe(0);
      await made.scheduler.submit(last, quietly);
      for (const run of [going, waiting, interrupted, last]) await end(run);
      expect(neighbours.began).toEqual([going.id, waiting.id, interrupted.id, last.id]);
    });

    it('keeps no slot that was waited for when another replica has taken them', async () => {
      made = schedulerWith(neighbours, { lanes: { main: 1 } });
      const [going, next] = [runOf('a', 'x'), runOf('b', 'x')];
      await made.scheduler.submit(going, quietly);
      neighbours.left = [leftOf(runOf('s', 'x'))];
      await made.left.resume([]);
      neighbours.left = [];
      made.slots.onSlot(() => made.left.resume([]));
      await end(going);
      await made.scheduler.submit(next, quietly);
      expect(neighbours.began).toEqual([going.id, next.id]);
    });

    it('begins with none of them once it stops', async () => {
      made = schedulerWith(neighbours, { lanes: { main: 1 } });
      const going = runOf('a', 'x');
      await made.scheduler.submit(going, quietly);
      neighbours.left = [leftOf(runOf('s', 'x'))];
      await made.left.resume([]);
      const drained = made.scheduler.drain(60_000);
      await end(going);
      await drained;
      expect(await made.left.resume([])).toBe(0);
      expect(neighbours.began).toEqual([going.id]);
    });

    it('lets nothing of their session begin before their end, and then what waits', async () => {
      const interrupted = runOf('s', 'one');
      neighbours.left = [leftOf(interrupted)];
      await made.left.resume([]);
      const next = runOf('s', 'two');
      neighbours.busy.add('s');
      neighbours.turn.set(next.id, 'not-yet');
      await made.scheduler.submit(next, quietly);
      neighbours.turn.delete(next.id);
      await settled();
      await end(interrupted);
      expect(neighbours.began).toEqual([interrupted.id, next.id]);
    });

    it(`gives up one that ended its process ${INTERRUPTIONS_MAX} times`, async () => {
      const run = runOf('s', 'poison');
      neighbours.left = [leftOf(run, { attempt: 7, interruptions: INTERRUPTIONS_MAX })];
      await made.left.resume([]);
      expect(neighbours.began).toEqual([]);
      expect(neighbours.givenUp.get(run.id)).toMatchObject({
        code: 'UNAVAILABLE',
        message: expect.stringContaining(`${INTERRUPTIONS_MAX} times`),
      });
    });

    it('ends one whose HTTP client is gone, but not one that goes on without it', async () => {
      const [plain, detached] = [runOf('a', 'one'), runOf('b', 'two')];
      neighbours.left = [
        leftOf({ ...plain, origin: 'http' }),
        leftOf({ ...detached, origin: 'http', input: { ...detached.input, detached: true } }),
      ];
      await made.left.resume([]);
      expect([...neighbours.givenUp.keys()]).toEqual([plain.id]);
      expect(neighbours.began).toEqual([detached.id]);
    });

    it('stops at once one that was to be aborted', async () => {
      const run = runOf('s', 'one');
      neighbours.left = [leftOf(run, { abortReason: 'user' })];
      const aborted: unknown[] = [];
      neighbours.execute = async (_run, _lease, signal) => void aborted.push(signal.reason);
      await made.left.resume([]);
      expect(aborted).toEqual([expect.objectContaining({ reason: 'user' })]);
    });

    it('leaves alone one that began here while they were looked for', async () => {
      const run = runOf('s', 'one');
      neighbours.leases.leftRunning = async () => {
        await made.scheduler.submit(run, quietly);
        return [leftOf(run)];
      };
      expect(await made.left.resume([])).toBe(0);
      expect(neighbours.began).toEqual([run.id]);
    });

    it('looks for those that it may have adopted when the answer of the database was lost', async () => {
      const known: (readonly string[] | undefined)[] = [];
      let isLost = true;
      const adopt: LeaseStore['adopt'] = async (_owner, _gone, _limit, ids) => {
        known.push(ids);
        if (!isLost) return [];
        isLost = false;
        throw away();
      };
      Object.assign(neighbours.leases, { adopt });
      await expect(made.left.adopt([])).rejects.toThrow('away');
      for (let sweep = 0; sweep < 2; sweep++) await made.left.adopt([]);
      expect(known).toEqual([undefined, [], undefined]);
    });

    it('takes in the others when one of those that waited cannot be ended', async () => {
      const [http, chat] = [runOf('a', 'one', { origin: 'http' }), runOf('b', 'two')];
      neighbours.left = [leftOf(http), leftOf(chat)];
      neighbours.runs.closeQueued = () => Promise.reject(new Error('refused'));
      expect(await made.left.adopt([])).toBe(1);
      await settled();
      expect(neighbours.began).toEqual([chat.id]);
    });

    it('adopts those that waited, and ends the waiting ones of HTTP clients that are gone', async () => {
      const [chat, http] = [runOf('a', 'one'), runOf('b', 'two')];
      neighbours.left = [leftOf(chat), leftOf({ ...http, origin: 'http' })];
      expect(await made.left.adopt([newId()])).toBe(2);
      await settled();
      expect(neighbours.began).toEqual([chat.id]);
      expect(neighbours.ended.get(http.id)).toMatchObject({ state: 'failed', code: 'UNAVAILABLE' });
    });
  });
});

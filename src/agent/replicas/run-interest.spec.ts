import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { ReplicaWire, type WiredReplica } from '../../../test/support/replica-wire.js';
import { RunInterest } from './run-interest.js';

const RUN = { runId: 'r1', userId: 'ann', agentKey: 'default', sessionKey: 's' };

describe('what a replica wants to hear of runs', () => {
  let clock: ManualClock;
  let wire: ReplicaWire;
  let here: WiredReplica;
  let there: WiredReplica;
  let own: RunInterest;
  let other: RunInterest;
  beforeEach(() => {
    clock = new ManualClock();
    wire = new ReplicaWire();
    [here, there] = [wire.join(), wire.join()];
    [own, other] = [interestOf(here), interestOf(there)];
  });

  function interestOf({ notifications, replicas }: WiredReplica): RunInterest {
    const made = new RunInterest(notifications, replicas, clock);
    made.onModuleInit();
    return made;
  }

  it.each(['user:ann', 'run:r1', 'all'] as const)('is known to others at once: %s', (topic) => {
    expect(other.isWantedElsewhere(RUN)).toBe(false);
    const end = own.want(topic);
    expect(other.isWantedElsewhere(RUN)).toBe(true);
    expect(own.isWantedHere(RUN)).toBe(true);
    expect(own.isWantedElsewhere(RUN)).toBe(false);
    end();
    expect(other.isWantedElsewhere(RUN)).toBe(false);
    expect(own.isWantedHere(RUN)).toBe(false);
  });

  it('concerns what was named and nothing else', () => {
    own.want('user:bob');
    own.want('run:r2');
    expect(other.isWantedElsewhere(RUN)).toBe(false);
  });

  it('goes on until the last who wants it has gone, and is told once', () => {
    const ends = [own.want('user:ann'), own.want('user:ann')];
    ends[0]?.();
    ends[0]?.();
    expect(other.isWantedElsewhere(RUN)).toBe(true);
    ends[1]?.();
    expect(other.isWantedElsewhere(RUN)).toBe(false);
    expect(here.notifications.sent).toHaveLength(2);
  });

  it('is told to a replica that comes later, and asked of those that were there', () => {
    own.want('user:ann');
    clock.advance(1_000);
    const late = interestOf(wire.join());
    expect(late.isWantedElsewhere(RUN)).toBe(false);
    clock.advance(1_000);
    expect(late.isWantedElsewhere(RUN)).toBe(true);
    late.want('run:r7');
    expect(own.isWantedElsewhere({ ...RUN, runId: 'r7', userId: 'x' })).toBe(true);
  });

  it('is asked for again when something of it may have been missed', () => {
    there.notifications.deaf = true;
    own.want('user:ann');
    there.notifications.deaf = false;
    expect(other.isWantedElsewhere(RUN)).toBe(false);
    there.notifications.gap();
    expect(other.isWantedElsewhere(RUN)).toBe(true);
  });

  it('is forgotten some time after its replica has gone, and not while it is there', () => {
    own.want('user:ann');
    for (let minute = 0; minute < 10; minute++) clock.advance(60_000);
    expect(other.isWantedElsewhere(RUN)).toBe(true);
    here.leave();
    own.onModuleDestroy();
    for (let minute = 0; minute < 2; minute++) clock.advance(60_000);
    expect(other.isWantedElsewhere(RUN)).toBe(false);
  });

  it('of very many users is told in messages that fit', () => {
    for (let index = 0; index < 2_000; index++) own.want(`user:${index}`);
    here.notifications.sent.length = 0;
    there.notifications.publish('interest', 'hello');
    expect(here.notifications.sent.length).toBe(4);
    expect(Math.max(...here.notifications.sent.map((message) => message.length))).toBeLessThan(7_000);
  });

  it('costs nothing while there is nobody to tell', () => {
    there.leave();
    own.want('user:ann');
    clock.advance(120_000);
    expect(here.notifications.sent).toEqual([]);
  });
});

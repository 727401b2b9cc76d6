import { beforeEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '#contracts';
import type { ManualClock } from '../../../test/support/manual-clock.js';
import type { ReplicaWire } from '../../../test/support/replica-wire.js';
import type { LogWriter } from '../runs/run-log.js';
import { LOG_START } from '../runs/standing-events.js';
import type { SharedRows } from './shared-rows.fixture.js';
import { LoggingReplica, recordOf, RUN, twoReplicas } from './two-replicas.fixture.js';

describe('a run that another replica executes', () => {
  let rows: SharedRows;
  let clock: ManualClock;
  let wire: ReplicaWire;
  let here: LoggingReplica;
  let there: LoggingReplica;
  let writer: LogWriter;
  /** What the sockets of this replica see. */
  let seen: string[];
  beforeEach(() => {
    ({ rows, wire, clock, here, there } = twoReplicas());
    writer = there.log.open(RUN, 1);
    seen = [];
    here.feed.subscribe((event, run) => seen.push(`${run.userId} ${describeEvent(event)}`));
  });

  const describeEvent = ({ attempt, seq, type, payload }: RunEvent): string =>
    `${attempt}.${seq} ${payload && 'content' in payload ? payload.content : type}`;

  const say = (content: string): void => writer.append('chunk', { content });

  /** Time goes on, and what it brings is done. */
  async function pass(ms: number): Promise<void> {
    clock.advance(ms);
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  it('is heard of where its user has a socket, soon, in order, each event once', async () => {
    here.interest.want('user:ann');
    writer.append('run.started', undefined);
    say('Hel');
    await pass(50);
    say('lo');
    await pass(50);
    expect(seen).toEqual(['ann 1.1 run.started', 'ann 1.2 Hel', 'ann 1.3 lo']);
  });

  it('costs nothing where nobody wants to hear of it', async () => {
    here.interest.want('user:bob');
    writer.append('run.started', undefined);
    await pass(1_000);
    expect(seen).toEqual([]);
    expect(rows.reads).toBe(0);
    expect(there.wired.notifications.sent.filter((message) => message.startsWith('runs'))).toEqual([]);
  });

  it('is heard of from the moment on from which somebody wants to, not from its beginning', async () => {
    say('before');
    await pass(250);
    here.interest.want('user:ann');
    say('after');
    await pass(50);
    expect(seen).toEqual(['ann 1.2 after']);
  });

  it('is followed from any position without gap or repeat, while it goes', async () => {
    say('one');
    await pass(250);
    say('two');
    const followed: string[] = [];
    here.remote.follow(RUN);
    await here.log.follow(RUN.runId, LOG_START, (event) => followed.push(describeEvent(event)));
    await pass(250);
    say('three');
    await pass(250);
    expect(followed).toEqual(['1.1 one', '1.2 two', '1.3 three']);
  });

  it('is followed without a gap when the look at its end takes longer than the reading of its past', async () => {
    const slow = Promise.withResolvers<void>();
    rows.endReads.push(slow.promise);
    const followed: string[] = [];
    const begun = here.remote.followFromNow(RUN);
    const following = begun.then(() =>
      here.log.follow(RUN.runId, LOG_START, (event) => followed.push(describeEvent(event))),
    );
    await pass(0);
    say('meanwhile');
    await pass(250);
    slow.resolve();
    await following;
    say('later');
    await pass(250);
    expect(followed).toEqual(['1.1 meanwhile', '1.2 later']);
  });

  it('is heard of from the first signal on, also when it is found out later what that was about', async () => {
    here.interest.want('user:ann');
    const slow = Promise.withResolvers<void>();
    rows.runReads.push(slow.promise);
    for (const content of ['one', 'two']) {
      say(content);
      await pass(50);
    }
    slow.resolve();
    await pass(0);
    expect(seen).toEqual(['ann 1.1 one', 'ann 1.2 two']);
  });

  it('is found out about within a second when the signals are lost', async () => {
    const unfollow = here.remote.follow(RUN, LOG_START);
    here.wired.notifications.deaf = true;
    say('lost?');
    await pass(1_000);
    await pass(1_000);
    expect(seen).toEqual(['ann 1.1 lost?']);
    unfollow();
    const { reads } = rows;
    await pass(5_000);
    expect(rows.reads).toBe(reads);
    expect(clock.pending).toBeLessThanOrEqual(3);
  });

  it('is read again at once when signals may have been missed', async () => {
    here.remote.follow(RUN, LOG_START);
    await pass(0);
    here.wired.notifications.deaf = true;
    say('missed');
    await pass(250);
    here.wired.notifications.gap();
    await pass(0);
    expect(seen).toEqual(['ann 1.1 missed']);
  });

  it('that comes to this replica is published once', async () => {
    here.interest.want('user:ann');
    say('there');
    await pass(50);
    writer.leave();
    const own = here.log.open(RUN, 2);
    own.append('chunk', { content: 'here' });
    await pass(1_000);
    expect(seen).toEqual(['ann 1.1 there', 'ann 2.1 here']);
  });

  it('that came to this replica and ended is not published again to whoever follows it', async () => {
    here.remote.follow(RUN, LOG_START);
    say('there');
    await pass(250);
    writer.leave();
    const own = here.log.open(RUN, 2);
    own.append('chunk', { content: 'here' });
    await pass(250);
    own.append('run.completed', { status: 'completed' });
    own.close();
    await pass(1_000);
    await pass(1_000);
    expect(seen).toEqual(['ann 1.1 there', 'ann 2.1 here', 'ann 2.2 run.completed']);
  });

  it('is not published late behind what this replica itself says of it', async () => {
    here.interest.want('user:ann');
    say('late');
    rows.holdReads = true;
    await pass(50);
    const own = here.log.open(RUN, 2);
    own.append('chunk', { content: 'here' });
    rows.holdReads = false;
    await pass(1_000);
    expect(seen).toEqual(['ann 2.1 here']);
  });

  it('is not told from when only a third one wanted to hear of it', async () => {
    const third = new LoggingReplica(rows, wire, clock);
    third.interest.want('user:ann');
    say('for the third');
    await pass(50);
    here.interest.want('user:ann');
    say('for both');
    await pass(50);
    expect(seen).toEqual(['ann 1.2 for both']);
  });

  it('goes on to be heard when it is taken up by a third one', async () => {
    here.interest.want('user:ann');
    say('first');
    await pass(50);
    const next = there.log.open(RUN, 2);
    next.append('run.resumed', { discardAfter: LOG_START });
    next.append('chunk', { content: 'again' });
    await pass(50);
    expect(seen).toEqual(['ann 1.1 first', 'ann 2.1 run.resumed', 'ann 2.2 again']);
  });

  describe('and whose end somebody waits for here', () => {
    const finished = recordOf({ state: 'completed', content: 'all of it' });

    it('tells it with its last event', async () => {
      const end = here.ends.expect(RUN);
      await pass(0);
      rows.runs.set(RUN.runId, finished);
      writer.append('run.completed', { status: 'completed' });
      writer.close();
      await pass(50);
      expect(await end).toMatchObject({ outcome: 'completed', content: 'all of it' });
    });

    it('tells it also when that event never comes, and then waits no more', async () => {
      const end = here.ends.expect(RUN);
      rows.runs.set(RUN.runId, finished);
      await pass(1_000);
      expect(await end).toMatchObject({ outcome: 'completed' });
      await pass(3_000);
      const { reads } = rows;
      await pass(10_000);
      expect(rows.reads).toBe(reads);
    });

    it('tells that there will be none when the run was withdrawn, and then waits no more', async () => {
      const end = here.ends.expect(RUN);
      rows.runs.delete(RUN.runId);
      await pass(1_000);
      expect(await end).toMatchObject({ outcome: 'failed', error: { code: 'UNAVAILABLE' } });
      await pass(3_000);
      const { reads } = rows;
      await pass(10_000);
      expect(rows.reads).toBe(reads);
    });

    it('tells a reader that waits why it failed', async () => {
      const end = here.ends.expect(RUN);
      const error = { code: 'UNAVAILABLE', message: 'given up' } as const;
      rows.runs.set(RUN.runId, recordOf({ state: 'failed', error }));
      await pass(1_000);
      expect(await end).toMatchObject({ outcome: 'failed', error });
    });
  });
});

import { describe, expect, it } from 'vitest';
import type { RunEvent } from '#contracts';
import type { LogPosition } from '#protocol';
import { Scheduler } from '#scheduler';
import { RunStore } from '#store';
import { callerOf } from '../../../test/support/callers.js';
import { recordOf, RUN, twoReplicas } from '../replicas/two-replicas.fixture.js';
import { RunWatch } from './run-watch.js';
import { LOG_START } from './standing-events.js';

const ANN = callerOf('ann');

describe('following a run that has ended', () => {
  const { rows, clock, here, there } = twoReplicas();
  const scheduler = Object.assign(Object.create(Scheduler.prototype) as Scheduler, { open: () => [] });
  const store = Object.assign(Object.create(RunStore.prototype) as RunStore, {
    find: async (_caller: unknown, runId: string) => rows.runs.get(runId),
  });
  const watch = new RunWatch(scheduler, store, here.log, here.remote, clock);

  async function followed(after: LogPosition): Promise<string[]> {
    const events: RunEvent[] = [];
    const following = watch.follow(ANN, RUN.runId, after, (event) => events.push(event));
    let isDone = false;
    void following.then(() => (isDone = true));
    while (!isDone) {
      clock.advance(200);
      await new Promise((resolve) => setImmediate(resolve));
    }
    (await following)?.();
    return events.map(({ attempt, seq, type, payload }) => {
      const text = payload && 'content' in payload ? ` ${payload.content}` : '';
      return `${attempt}.${seq} ${type}${text}`;
    });
  }

  it('tells the end that another replica is still writing, and no other', async () => {
    const writer = there.log.open(RUN, 1);
    writer.append('chunk', { content: 'Hello ' });
    await writer.saved();
    rows.runs.set(RUN.runId, recordOf({ state: 'completed', content: 'Hello Ann.' }));
    writer.append('chunk', { content: 'Ann.' });
    writer.append('run.completed', { status: 'completed' });
    expect(await followed(LOG_START)).toEqual(['1.1 chunk Hello ', '1.2 chunk Ann.', '1.3 run.completed']);
    expect(await followed({ attempt: 1, seq: 3 })).toEqual([]);
  });

  it('tells the whole end also when the events of it went down with their process', async () => {
    rows.events.length = 0;
    const writer = there.log.open(RUN, 1);
    writer.append('chunk', { content: 'Hello ' });
    await writer.saved();
    const end = ['2.1 run.resumed', '2.2 chunk Ann.', '2.3 message Hello Ann.', '2.4 run.completed'];
    expect(await followed(LOG_START)).toEqual(['1.1 chunk Hello ', ...end]);
    expect(await followed({ attempt: 1, seq: 7 })).toEqual(end);
    expect(await followed({ attempt: 2, seq: 3 })).toEqual(end.slice(3));
    expect(await followed({ attempt: 2, seq: 4 })).toEqual([]);
  });
});

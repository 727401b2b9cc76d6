import { beforeEach, describe, expect, it } from 'vitest';
import { RemoteAborts, Scheduler } from '#scheduler';
import { type NewRun, type OpenRunSelector, type Replicas, RunControlStore, RunStore } from '#store';
import { callerOf } from '../../../test/support/callers.js';
import { RUN, twoReplicas } from '../replicas/two-replicas.fixture.js';
import { OpenRuns } from './open-runs.js';

const ANN = callerOf('ann');
const here = { id: RUN.runId, sessionKey: RUN.sessionKey, caller: ANN } as NewRun;

describe('stopping runs', () => {
  let open: NewRun[];
  let replicas: { hasPeers: boolean };
  /** What was looked for in the table. */
  let asked: OpenRunSelector[];
  let runs: OpenRuns;
  beforeEach(() => {
    [open, asked, replicas] = [[here], [], { hasPeers: false }];
    const scheduler = Object.assign(Object.create(Scheduler.prototype) as Scheduler, {
      open: (matches: (run: NewRun) => boolean) => open.filter(matches),
      abort: async () => true,
    });
    const aborts = Object.assign(Object.create(RemoteAborts.prototype) as RemoteAborts, {
      abort: async (_caller: unknown, selector: OpenRunSelector) => {
        asked.push(selector);
        return ['elsewhere'];
      },
    });
    const control = Object.create(RunControlStore.prototype) as RunControlStore;
    const store = Object.create(RunStore.prototype) as RunStore;
    const { results, ends } = twoReplicas().here;
    runs = new OpenRuns(scheduler, aborts, replicas as Replicas, control, store, results, ends);
  });

  it('looks no further when the run is here', async () => {
    replicas.hasPeers = true;
    expect(await runs.abort(ANN, { runId: RUN.runId }, 'user')).toEqual([RUN.runId]);
    expect(asked).toEqual([]);
  });

  it('finds those of a session on every replica', async () => {
    replicas.hasPeers = true;
    const selector = { sessionKey: RUN.sessionKey };
    expect(await runs.abort(ANN, selector, 'user')).toEqual([RUN.runId, 'elsewhere']);
    expect(asked).toEqual([{ ...selector, except: [RUN.runId] }]);
  });

  it('finds what an earlier gateway left, also before it is taken up', async () => {
    open = [];
    expect(await runs.abort(ANN, { runId: RUN.runId }, 'user')).toEqual(['elsewhere']);
  });

  it('is nothing that another user can do', async () => {
    await runs.abort(callerOf('bob'), { runId: RUN.runId }, 'user');
    expect(asked).toEqual([{ runId: RUN.runId, except: [] }]);
  });
});

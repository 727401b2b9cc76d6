import { beforeEach, describe, expect, it } from 'vitest';
import { DatabaseConfig, LeaseStore, type Replicas } from '#store';
import { configOf } from '../../test/support/config.js';
import type { ManualClock } from '../../test/support/manual-clock.js';
import { LeaseKeeper } from './lease-keeper.js';
import { abortReasonOf } from './run-aborted.js';
import type { RunWorker } from './run-worker.js';
import { away, ME, Neighbours, runOf, schedulerWith, settled } from './scheduler.fixture.js';

describe('the leases of a replica', () => {
  let clock: ManualClock;
  let worker: RunWorker;
  let renewals: number;
  let renew: (ids: readonly string[]) => Promise<{ id: string; abortReason: string | undefined }[]>;

  function keeper(env: Record<string, string> = { GOCLAW_POSTGRES_DSN: 'postgresql://x/y' }): LeaseKeeper {
    const leases = Object.assign(Object.create(LeaseStore.prototype) as LeaseStore, {
      renew: async (_owner: string, ids: readonly string[]) => {
        renewals += 1;
        return renew(ids);
      },
    });
    const replicas = { id: ME } as Replicas;
    return new LeaseKeeper(leases, worker, replicas, clock, configOf([DatabaseConfig], {}, env));
  }

  beforeEach(() => {
    ({ clock, worker } = schedulerWith(new Neighbours()));
    renewals = 0;
    renew = async (ids) => ids.map((id) => ({ id, abortReason: undefined }));
  });

  async function pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      clock.advance(1_000);
      await settled();
    }
  }

  function working(): { id: string; signal: AbortSignal } {
    const run = runOf('s', 'x');
    const signal = worker.active.begin(run);
    worker.active.leasedNow(run.id);
    return { id: run.id, signal };
  }

  it('are renewed together every 10 s, and not at all while there are none', async () => {
    keeper().onModuleInit();
    await pass(10);
    expect(renewals).toBe(0);
    const runs = [working(), working()];
    await pass(10);
    expect(renewals).toBe(1);
    expect(runs.map(({ signal }) => signal.aborted)).toEqual([false, false]);
  });

  it('that another replica has taken stop their runs', async () => {
    keeper().onModuleInit();
    const [kept, lost] = [working(), working()];
    renew = async (ids) => ids.filter((id) => id === kept.id).map((id) => ({ id, abortReason: undefined }));
    await pass(10);
    expect(kept.signal.aborted).toBe(false);
    expect(abortReasonOf(lost.signal)).toBe('lease-lost');
  });

  it('bring the news that somebody asked to stop a run', async () => {
    keeper().onModuleInit();
    const run = working();
    renew = async (ids) => ids.map((id) => ({ id, abortReason: 'user' }));
    await pass(10);
    expect(abortReasonOf(run.signal)).toBe('user');
  });

  it.each([
    ['fail', () => Promise.reject(away())],
    ['hang', () => new Promise<never>(() => undefined)],
  ])('that %s to be renewed for 20 s stop their runs, not earlier', async (_what, answer) => {
    keeper().onModuleInit();
    const run = working();
    await pass(10);
    renew = answer;
    await pass(10);
    await pass(9);
    expect(run.signal.aborted).toBe(false);
    await pass(1);
    expect(abortReasonOf(run.signal)).toBe('lease-lost');
  });

  it('are renewed again when one renewal gets no answer: what began meanwhile must not be lost', async () => {
    keeper().onModuleInit();
    const run = working();
    renew = () => new Promise<never>(() => undefined);
    await pass(15);
    renew = async (ids) => ids.map((id) => ({ id, abortReason: undefined }));
    await pass(60);
    expect(renewals).toBeGreaterThan(5);
    expect(run.signal.aborted).toBe(false);
  });

  it('of an embedded database are nobody else’s, however long it is away', async () => {
    keeper({}).onModuleInit();
    const run = working();
    renew = () => Promise.reject(away());
    await pass(60);
    expect(run.signal.aborted).toBe(false);
  });

  it('are left alone after the end', async () => {
    const made = keeper();
    made.onModuleInit();
    working();
    made.onModuleDestroy();
    await pass(60);
    expect(renewals).toBe(0);
  });
});

import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newId } from '#kernel';
import { presenceKey } from '../../src/store/replication/advisory-locks.js';
import { ABSENT_MS } from '../../src/store/replication/presence-looks.js';
import { CuttingProxy } from '../support/postgres/cutting-proxy.js';
import { describeWithPostgres } from '../support/postgres/index.js';
import { replicasOf, SharedDatabase } from '../support/replicas.js';

const PATIENCE = { timeout: 20_000, interval: 50 };

describeWithPostgres('replicas on one PostgreSQL', () => {
  let shared: SharedDatabase;
  let proxy: CuttingProxy;

  beforeEach(async () => {
    shared = await SharedDatabase.create();
    proxy = await CuttingProxy.start(shared.dsn);
  });
  afterEach(async () => {
    await proxy[Symbol.asyncDispose]();
    await shared[Symbol.asyncDispose]();
  });

  it('know of each other from the start of the second one to its end', async () => {
    const first = await shared.open();
    expect(replicasOf(first).hasPeers).toBe(false);
    const second = await shared.open();
    expect(replicasOf(second).hasPeers).toBe(true);
    await expect.poll(() => replicasOf(first).hasPeers, PATIENCE).toBe(true);
    expect((await replicasOf(first).list()).map(({ id }) => id)).toEqual([
      replicasOf(first).id,
      replicasOf(second).id,
    ]);
    await second.close();
    await expect.poll(() => replicasOf(first).hasPeers, PATIENCE).toBe(false);
    expect((await replicasOf(first).list()).map(({ id }) => id)).toEqual([replicasOf(first).id]);
  });

  it('count as gone at once when they said that they leave', async () => {
    const first = replicasOf(await shared.open());
    const second = await shared.open();
    const { id } = replicasOf(second);
    await expect.poll(() => first.hasPeers, PATIENCE).toBe(true);
    expect(await first.gone([id, first.id])).toEqual([]);
    await second.close();
    await expect.poll(() => first.hasPeers, PATIENCE).toBe(false);
    // One look: absence alone would take two of them, some time apart.
    expect(await first.gone([id])).toEqual([id]);
  });

  it('count as gone some time after they vanished without a word, and never before', async () => {
    const first = replicasOf(await shared.open());
    const second = await shared.open(proxy.dsn);
    const { id } = replicasOf(second);
    await expect.poll(() => first.hasPeers, PATIENCE).toBe(true);
    await proxy.refuse();
    const cut = performance.now();
    await expect.poll(() => first.gone([id]), PATIENCE).toEqual([id]);
    expect(performance.now() - cut).toBeGreaterThanOrEqual(ABSENT_MS);
  });

  it('keep what they own when they lose their link and make it anew', async () => {
    const first = replicasOf(await shared.open());
    const second = replicasOf(await shared.open(proxy.dsn));
    await expect.poll(() => first.hasPeers, PATIENCE).toBe(true);
    let cuts = 0;
    for (const until = performance.now() + 3 * ABSENT_MS; performance.now() < until; cuts++) {
      expect(await first.gone([second.id])).toEqual([]);
      if (second.link.isConnected) proxy.cutAll();
      await expect.poll(() => second.link.isConnected, PATIENCE).toBe(true);
    }
    expect(cuts).toBeGreaterThan(2);
  });

  it('take over at once what an earlier gateway left when nobody else is there', async () => {
    const first = await shared.open();
    const left = replicasOf(first).id;
    await first.close();
    const restarted = replicasOf(await shared.open());
    expect(await restarted.gone([left, newId(), restarted.id])).toHaveLength(2);
  });

  it('wait with what a vanished one left when others are there, who may know better', async () => {
    await shared.open();
    const third = replicasOf(await shared.open());
    const stranger = newId();
    expect(await third.gone([stranger])).toEqual([]);
    await expect.poll(() => third.gone([stranger]), PATIENCE).toEqual([stranger]);
  });

  it('forget that they were alone at first when they were blind for a moment', async () => {
    const blind = replicasOf(await shared.open(proxy.dsn));
    const stranger = newId();
    expect(await blind.gone([stranger])).toEqual([stranger]);
    const back = new Promise<void>((resolve) => blind.link.onReconnect(resolve));
    proxy.cutAll();
    await back;
    expect(await blind.gone([stranger])).toEqual([]);
    await expect.poll(() => blind.gone([stranger]), PATIENCE).toEqual([stranger]);
  });

  it('remove the rows of those that are gone, and no others', async () => {
    const first = await shared.open();
    const gone = newId();
    await first.query(`INSERT INTO replicas (id, host, version) VALUES ($1, 'old', '0')`, [gone]);
    const second = await shared.open();
    const rows = await second.query<{ id: string }>('SELECT id FROM replicas ORDER BY id');
    expect(rows.map(({ id }) => id)).toEqual([replicasOf(first).id, replicasOf(second).id].toSorted());
  });

  it('are present by a lock of their session alone', async () => {
    const first = await shared.open();
    const { id } = replicasOf(first);
    const locks = await first.query<{ objid: string }>(
      `SELECT objid::text FROM pg_locks WHERE locktype = 'advisory' AND objid::bigint = $1`,
      [presenceKey(id)],
    );
    expect(locks).toHaveLength(1);
    await first.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid::bigint = $1`,
      [presenceKey(id)],
    );
    await expect
      .poll(
        () =>
          replicasOf(first)
            .list()
            .then(
              (all) => all.length,
              () => 0,
            ),
        PATIENCE,
      )
      .toBe(1);
  });
});

import { afterEach, beforeEach, expect, it } from 'vitest';
import { MIGRATIONS } from '#migrations';
import { SystemClock } from '#kernel';
import { type Database, type MigrationSession, openDatabase, openMigrations } from '#store';
import { withoutGateways } from '../../src/store/database/gateway-lock.js';
import { createTestDatabase, describeWithPostgres } from '../support/postgres/index.js';
import { SharedDatabase } from '../support/replicas.js';

const clock = new SystemClock();
const ROUNDS = 5;
const REPLICAS = 3;
const all = MIGRATIONS.map(({ name }) => name);

describeWithPostgres('migrations with several gateways', () => {
  let shared: SharedDatabase;
  const sessions: MigrationSession[] = [];
  beforeEach(async () => {
    shared = await SharedDatabase.create();
  });
  afterEach(async () => {
    for (const session of sessions.splice(0)) await session.close();
    await shared[Symbol.asyncDispose]();
  });

  async function migrations(): Promise<MigrationSession> {
    const session = await openMigrations({ dsn: shared.dsn, dataDir: '/nowhere', poolSize: 2, clock });
    sessions.push(session);
    return session;
  }

  it('are applied once when several gateways start at once on an empty database, again and again', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { dsn, drop } = await createTestDatabase();
      const start = (): Promise<Database> => openDatabase({ dsn, dataDir: '/nowhere', poolSize: 2, clock });
      const gateways = await Promise.all(Array.from({ length: REPLICAS }, start));
      const rows = await gateways[0]?.query<{ name: string }>('SELECT name FROM migrations ORDER BY id');
      expect(rows?.map(({ name }) => name)).toEqual(all);
      for (const gateway of gateways) await gateway.close();
      await drop();
    }
  });

  it('may be applied and listed beside a running gateway', async () => {
    await shared.open();
    const session = await migrations();
    expect(await session.status()).toEqual({ applied: all, pending: [] });
    expect(await session.up()).toEqual([]);
  });

  it('are not taken back beside a running gateway, but when it has ended', async () => {
    const gateway = await shared.open();
    const session = await migrations();
    await expect(session.down()).rejects.toMatchObject({
      reason: 'in-use',
      message: expect.stringContaining('Stop every gateway first'),
    });
    expect((await session.status()).pending).toEqual([]);
    await gateway.close();
    expect(await session.down()).toBe(all.at(-1));
  });

  it('hold up the start of a gateway while they are being taken back', async () => {
    await (await shared.open()).close();
    let starting: Promise<Database> | undefined;
    let isStarted = false;
    await withoutGateways(shared.dsn, async () => {
      starting = shared.open();
      void starting.then(() => (isStarted = true));
      // Longer than a start takes.
      await clock.wait(1_000);
      expect(isStarted).toBe(false);
    });
    expect(await (await starting)?.probe()).toBeUndefined();
  });

  it('that are newer than the program refuse its start beside the newer gateway, which goes on', async () => {
    const newer = await shared.open();
    await newer.query(`INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'FromTheFuture')`);
    await expect(shared.open()).rejects.toMatchObject({
      reason: 'newer-schema',
      message: expect.stringMatching(/FromTheFuture.*Start that version or a later one/),
    });
    expect(await newer.probe()).toBeUndefined();
    expect(await newer.replicas?.list()).toHaveLength(1);
  });
});

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { SystemClock } from '#kernel';
import { AgentEntity, type Database, openDatabase, openMigrations, StoreError } from '#store';
import { describeEachEngine, type EngineUnderTest } from '../support/each-engine.js';
import { ManualClock } from '../support/manual-clock.js';
import { createTestDatabase, describeWithPostgres } from '../support/postgres/index.js';

describeEachEngine('database', (make) => {
  let engine: EngineUnderTest;
  const open: Database[] = [];
  afterEach(async () => {
    for (const database of open.splice(0)) await database.close();
    await engine.remove();
  });

  async function opened(): Promise<Database> {
    const database = await engine.open();
    open.push(database);
    return database;
  }

  it('is for one process alone where it is embedded, for several where it is a server', async () => {
    engine = await make();
    const first = await opened();
    if (engine.engine === 'postgres') {
      expect(await (await opened()).probe()).toBeUndefined();
      return;
    }
    const refusal = await openDatabase(engine.options).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(StoreError);
    expect(refusal).toMatchObject({ reason: 'in-use' });
    expect(String(refusal)).toMatch(/Stop that gateway first/);
    await first.close();
    const second = await opened();
    expect(await second.probe()).toBeUndefined();
  });

  it('repeats a statement that lost against another one, and gives up when it always does', async () => {
    engine = await make();
    const database = await opened();
    await database.query('CREATE SEQUENCE lost_races');
    await database.query(`CREATE FUNCTION race(loses int) RETURNS bigint LANGUAGE plpgsql AS $$
      DECLARE lost bigint := nextval('lost_races');
      BEGIN
        IF lost <= loses THEN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END IF;
        RETURN lost;
      END $$`);
    expect(await database.query('SELECT race(2) AS tries')).toEqual([{ tries: expect.anything() }]);
    await expect(database.query('SELECT race(1000)')).rejects.toThrow('deadlock detected');
    expect(await database.query('SELECT last_value::int AS tries FROM lost_races')).toEqual([{ tries: 6 }]);
  });

  it('has a schema that equals its entities', async () => {
    engine = await make();
    const database = await opened();
    const source = database.repository(AgentEntity).manager.connection;
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    const differences = upQueries
      .map(({ query }) => query)
      .filter((query) => !/INDEX|CONSTRAINT/.test(query));
    expect(differences).toEqual([]);
  });

  it('migrates down to nothing and up again', async () => {
    engine = await make();
    await (await opened()).close();
    const migrations = await openMigrations(engine.options);
    const { applied, pending } = await migrations.status();
    expect(pending).toEqual([]);
    for (const name of applied.toReversed()) expect(await migrations.down()).toBe(name);
    expect(await migrations.down()).toBeUndefined();
    expect(await migrations.up()).toEqual(applied);
    await migrations.close();
  });

  it('refuses a schema that is newer than the program', async () => {
    engine = await make();
    const database = await opened();
    await database.query(`INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'FromTheFuture')`);
    await database.close();
    await expect(openDatabase(engine.options)).rejects.toMatchObject({
      reason: 'newer-schema',
      message: expect.stringContaining('FromTheFuture'),
    });
  });
});

describe('database that is away', () => {
  it('says which server does not answer and what to do', async () => {
    const clock = new (class extends SystemClock {
      override after(_ms: number, callback: () => void): () => void {
        return super.after(0, callback);
      }
    })();
    const options = { dsn: 'postgres://nobody@127.0.0.1:1/none', dataDir: '/nowhere', poolSize: 2, clock };
    await expect(openDatabase(options)).rejects.toThrow(/GOCLAW_POSTGRES_DSN does not answer.*Start it/);
  });
});

describeWithPostgres('a gateway that falls silent in a transaction', () => {
  it('gives its locks back, and finds its connection gone when it speaks again', async () => {
    const { dsn, drop } = await createTestDatabase();
    const options = { dsn, dataDir: '/nowhere', poolSize: 2, answerMaxMs: 1_000 };
    // Its own time stands still: nothing in it notices how long it takes.
    const frozen = await openDatabase({ ...options, clock: new ManualClock() });
    const other = await openDatabase({ ...options, answerMaxMs: 20_000, clock: new SystemClock() });
    try {
      const thawed = Promise.withResolvers<void>();
      const locked = Promise.withResolvers<void>();
      const silent = frozen.transaction(async (tx) => {
        await tx.query('SELECT * FROM audit_head FOR UPDATE');
        locked.resolve();
        await thawed.promise;
        await tx.query('SELECT 1');
      });
      const ending = expect(silent).rejects.toMatchObject({ reason: 'unavailable' });
      await locked.promise;
      await expect(other.query('SELECT seq FROM audit_head FOR UPDATE')).resolves.toHaveLength(1);
      thawed.resolve();
      await ending;
      await expect(frozen.query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
    } finally {
      await other.close();
      await frozen.close();
      await drop();
    }
  });
});

describeEachEngine('lock of the data directory', (make) => {
  it('is taken over from a process that is gone', async () => {
    const engine = await make();
    const lock = join(engine.options.dataDir, 'gateway.lock');
    // A server needs none.
    if (engine.engine === 'postgres') return engine.remove();
    writeFileSync(lock, JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), started: '1' }));
    const database = await engine.open();
    expect(readFileSync(lock, 'utf8')).toContain(`"pid":${process.pid}`);
    await database.close();
    expect(existsSync(lock)).toBe(false);
    await engine.remove();
  });
});

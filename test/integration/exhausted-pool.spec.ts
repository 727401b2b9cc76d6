import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type RunRequest, RunService } from '#agent';
import { newId, SystemClock } from '#kernel';
import { type Database, openDatabase } from '#store';
import { type AgentApp, startAgentApp } from '../support/agent-app.js';
import { callerOf } from '../support/callers.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { createTestDatabase, describeWithPostgres, type TestDatabase } from '../support/postgres/index.js';

const POOL_SIZE = 2;
const ACQUIRE_TIMEOUT_MS = 200;

describeWithPostgres('a pool without a free connection', () => {
  let own: TestDatabase;
  let database: Database;
  let holder: Client;
  let llm: ScriptedLlm;
  let app: AgentApp;
  let runs: RunService;
  let held: Promise<unknown>[];

  beforeAll(async () => {
    own = await createTestDatabase();
    const clock = new SystemClock();
    const acquireTimeoutMs = ACQUIRE_TIMEOUT_MS;
    database = await openDatabase({
      dsn: own.dsn,
      dataDir: '/nowhere',
      poolSize: POOL_SIZE,
      clock,
      acquireTimeoutMs,
    });
    holder = new Client({ connectionString: own.dsn });
    await holder.connect();
  });
  afterAll(async () => {
    await holder.end();
    await database.close();
    await own.drop();
  });
  beforeEach(async () => {
    llm = await ScriptedLlm.start();
    app = await startAgentApp({ llm, database });
    runs = app.get(RunService);
  });
  afterEach(async () => {
    await app[Symbol.asyncDispose]();
    await llm[Symbol.asyncDispose]();
  });

  /** Every connection of the pool waits for a lock that the test has. */
  async function exhaust(): Promise<void> {
    await holder.query('SELECT pg_advisory_lock(1)');
    held = Array.from({ length: POOL_SIZE }, () =>
      // A connection may be busy with other work at first.
      database.insist(() =>
        database.query('SELECT pg_advisory_lock_shared(1), pg_advisory_unlock_shared(1)'),
      ),
    );
    const waiting = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event = 'advisory'
      AND datname = current_database()`;
    const count = async () => (await holder.query<{ count: number }>(waiting)).rows[0]?.count;
    await expect.poll(count).toBe(POOL_SIZE);
  }

  async function relieve(): Promise<void> {
    await holder.query('SELECT pg_advisory_unlock(1)');
    await Promise.all(held);
  }

  function ask(text: string): RunRequest {
    return {
      caller: callerOf('ann'),
      sessionKey: `agent:default:test:${newId()}`,
      content: [{ type: 'text', text }],
      stream: false,
      origin: 'ws',
      channel: 'ws',
      operation: 'chat.send',
    };
  }

  it('refuses new runs with a time to try again, and takes them once there is one', async () => {
    await exhaust();
    await expect(runs.submit(ask('hi'))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryAfterMs: expect.any(Number),
    });
    await relieve();
    llm.reply('hello');
    expect(await (await runs.submit(ask('hi'))).done).toMatchObject({ content: 'hello' });
  });

  it('keeps a run that is going: its end is written as soon as there is one', async () => {
    const gate = llm.gate();
    const { done } = await runs.submit(ask('hi'));
    await gate.reached;
    await exhaust();
    let ended = false;
    const end = done.finally(() => (ended = true));
    gate.release('hello');
    // Longer than a try to get a connection takes: the end is tried again.
    await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(ended).toBe(false);
    await relieve();
    expect(await end).toMatchObject({ outcome: 'completed', content: 'hello' });
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type RunRequest, RunService } from '#agent';
import { newId, SystemClock } from '#kernel';
import { SessionService } from '#sessions';
import { type Database, openDatabase } from '#store';
import { type AgentApp, startAgentApp } from '../support/agent-app.js';
import { callerOf } from '../support/callers.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { createTestDatabase, describeWithPostgres, type TestDatabase } from '../support/postgres/index.js';
import { CuttingProxy } from '../support/postgres/cutting-proxy.js';

const ann = callerOf('ann');

/** Names of statements as they stand on the wire. */
const ACCEPT = 'runs.accept\0';
const ACCEPT_AND_START = 'runs.accept-and-start\0';
const START = 'runs.start\0';
const APPEND = 'runs.append-step\0';
const FINISH = 'runs.finish\0';

describeWithPostgres('a connection that breaks between a commit and its acknowledgement', () => {
  let own: TestDatabase;
  let proxy: CuttingProxy;
  let database: Database;
  let llm: ScriptedLlm;
  let app: AgentApp;
  let runs: RunService;
  let sessionKey: string;

  beforeAll(async () => {
    own = await createTestDatabase();
    proxy = await CuttingProxy.start(own.dsn);
    const clock = new SystemClock();
    database = await openDatabase({ dsn: proxy.dsn, dataDir: '/nowhere', poolSize: 5, clock });
  });
  afterAll(async () => {
    await database.close();
    await proxy[Symbol.asyncDispose]();
    await own.drop();
  });
  beforeEach(async () => {
    llm = await ScriptedLlm.start();
    app = await startAgentApp({ llm, database });
    runs = app.get(RunService);
    sessionKey = `agent:default:test:${newId()}`;
  });
  afterEach(async () => {
    await app[Symbol.asyncDispose]();
    await llm[Symbol.asyncDispose]();
  });

  function ask(text: string, overrides: Partial<RunRequest> = {}): RunRequest {
    return {
      caller: ann,
      sessionKey,
      content: [{ type: 'text', text }],
      stream: false,
      origin: 'ws',
      channel: 'ws',
      operation: 'chat.send',
      ...overrides,
    };
  }

  async function said(): Promise<string[]> {
    const messages = await app.get(SessionService).history(ann, sessionKey, 100);
    return messages.map(
      ({ role, content }) => `${role}: ${content.map((p) => (p.type === 'text' ? p.text : p.type)).join('')}`,
    );
  }

  async function rows(): Promise<number> {
    return (await database.query('SELECT id FROM runs WHERE session_key = $1', [sessionKey])).length;
  }

  async function losing(...statements: string[]): Promise<() => void> {
    const before = proxy.cuts;
    for (const name of statements) proxy.loseAnswerTo(name);
    return () => expect(proxy.cuts - before).toBe(statements.length);
  }

  it.each([
    ['without an idempotency key', {}],
    ['with an idempotency key', { idempotencyKey: newId() }],
  ])('accepts and starts a run once, %s', async (_name, overrides) => {
    const wasLost = await losing(ACCEPT_AND_START);
    llm.reply('hello');
    const { done, repeated } = await runs.submit(ask('hi', overrides));
    expect(await done).toMatchObject({ outcome: 'completed', content: 'hello' });
    expect(repeated).toBe(false);
    wasLost();
    expect(await said()).toEqual(['user: hi', 'assistant: hello']);
    expect(await rows()).toBe(1);
  });

  it('accepts a waiting run once, and starts it once', async () => {
    const gate = llm.gate();
    const first = await runs.submit(ask('one'));
    await gate.reached;
    const wasLost = await losing(ACCEPT, START);
    const second = await runs.submit(ask('two'));
    llm.reply('second');
    gate.release('first');
    await first.done;
    expect(await second.done).toMatchObject({ outcome: 'completed', content: 'second' });
    wasLost();
    expect(await said()).toEqual(['user: one', 'assistant: first', 'user: two', 'assistant: second']);
    expect(await rows()).toBe(2);
  });

  it('appends the steps of a run once, and its end once', async () => {
    const wasLost = await losing(APPEND, FINISH);
    llm.replyToolCalls([{ name: 'list_files', arguments: {} }], { text: 'Looking.' });
    llm.reply('Empty.');
    const { done } = await runs.submit(ask('what is there?'));
    expect(await done).toMatchObject({ outcome: 'completed', content: 'Looking.\n\nEmpty.' });
    wasLost();
    expect((await said()).map((line) => line.split(':')[0])).toEqual([
      'user',
      'assistant',
      'tool',
      'assistant',
    ]);
    const session = await app.get(SessionService).get(ann, sessionKey);
    const counted = await database.query<{ tokens: string }>(
      `SELECT (usage->>'prompt_tokens') AS tokens FROM runs WHERE session_key = $1`,
      [sessionKey],
    );
    expect(session.input_tokens).toBe(Number(counted[0]?.tokens));
  });

  it('accepts a repeat anew that comes while the refused run is still being withdrawn', async () => {
    await database.query(`CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql
      AS $$BEGIN PERFORM pg_sleep(0.5); RETURN OLD; END$$`);
    await database.query(
      'CREATE TRIGGER slowly BEFORE DELETE ON runs FOR EACH ROW EXECUTE FUNCTION slowly()',
    );
    const request = ask('lost', { idempotencyKey: newId() });
    const wasLost = await losing(ACCEPT_AND_START, ACCEPT_AND_START);
    await expect(runs.submit(request)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    wasLost();
    expect(await rows()).toBe(1);
    llm.reply('found');
    const { done } = await runs.submit(request);
    expect(await done).toMatchObject({ outcome: 'completed', content: 'found' });
    expect(await said()).toEqual(['user: lost', 'assistant: found']);
    expect(await rows()).toBe(1);
    await database.query('DROP FUNCTION slowly CASCADE');
  });

  it('withdraws a run whose acceptance stays unknown, and leaves its session free', async () => {
    const wasLost = await losing(ACCEPT_AND_START, ACCEPT_AND_START);
    await expect(runs.submit(ask('lost', { idempotencyKey: 'again' }))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    wasLost();
    await expect.poll(rows).toBe(0);
    llm.reply('found');
    const { done, repeated } = await runs.submit(ask('lost', { idempotencyKey: 'again' }));
    expect(await done).toMatchObject({ outcome: 'completed', content: 'found' });
    expect(repeated).toBe(false);
    expect(await said()).toEqual(['user: lost', 'assistant: found']);
    expect(await rows()).toBe(1);
  });

  it('survives that every connection is cut while a run goes', async () => {
    const gate = llm.gate();
    const { done } = await runs.submit(ask('hi'));
    await gate.reached;
    proxy.cutAll();
    gate.release('still here');
    expect(await done).toMatchObject({ outcome: 'completed', content: 'still here' });
    expect(await said()).toEqual(['user: hi', 'assistant: still here']);
  });
});

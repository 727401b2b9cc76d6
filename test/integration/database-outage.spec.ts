import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { RunFeed, type RunRequest, RunService } from '#agent';
import type { RunEvent } from '#contracts';
import { newId, SystemClock } from '#kernel';
import { SessionService } from '#sessions';
import { type Database, openDatabase, RunEventStore, RunStore } from '#store';
import { TraceQuery } from '#tracing';
import { eventsOfRow } from '../../src/agent/runs/log-rows.js';
import { type AgentApp, startAgentApp } from '../support/agent-app.js';
import { callerOf } from '../support/callers.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { describeWithPostgres, type PrivateCluster, startOwnPostgres } from '../support/postgres/index.js';

const ann = callerOf('ann');

describeWithPostgres('a PostgreSQL that is stopped and started while runs go', () => {
  let cluster: PrivateCluster;
  let database: Database;
  let llm: ScriptedLlm;
  let app: AgentApp;
  let runs: RunService;
  let events: RunEvent[];
  let sessionKey: string;

  beforeAll(async () => {
    cluster = await startOwnPostgres();
    const clock = new SystemClock();
    database = await openDatabase({ dsn: cluster.dsn, dataDir: '/nowhere', poolSize: 5, clock });
  });
  afterAll(async () => {
    await database.close();
    await cluster.stop();
  });
  beforeEach(async () => {
    llm = await ScriptedLlm.start();
    app = await startAgentApp({ llm, database });
    runs = app.get(RunService);
    events = [];
    app.get(RunFeed).subscribe((event) => events.push(event));
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
      stream: true,
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

  it('completes a streaming run, loses and doubles nothing, and refuses new requests meanwhile', async () => {
    const gate = llm.gate();
    const { runId, done } = await runs.submit(ask('tell me'));
    await gate.reached;
    gate.send('one ');
    await expect.poll(() => events.filter(({ type }) => type === 'chunk').length).toBe(1);
    await cluster.halt();
    gate.send('two ');
    const elsewhere = ask('hello?', { sessionKey: `${sessionKey}:other` });
    for (const refused of [ask('and?'), elsewhere]) {
      await expect(runs.submit(refused)).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        retryAfterMs: expect.any(Number),
      });
    }
    gate.release('three');
    await expect.poll(() => events.filter(({ type }) => type === 'chunk').length).toBe(3);
    await cluster.resume();
    expect(await done).toMatchObject({ outcome: 'completed', content: 'one two three' });
    expect(await said()).toEqual(['user: tell me', 'assistant: one two three']);
    expect(await app.get(RunStore).find(ann, runId)).toMatchObject({ state: 'completed' });
    llm.reply('again');
    expect(await (await runs.submit(ask('and now?'))).done).toMatchObject({ content: 'again' });
  });

  it('keeps the steps of a run with tools, its whole log and its trace', async () => {
    const first = llm.gate();
    const second = llm.gate();
    const { runId, done } = await runs.submit(ask('what is there?'));
    await first.reached;
    await cluster.halt();
    // The assistant's message with its calls has to be in the transcript before any tool runs.
    first.release({ text: 'Let me look.', toolCalls: [{ name: 'list_files', arguments: {} }] });
    await expect.poll(() => events.some(({ type }) => type === 'chunk')).toBe(true);
    await cluster.resume();
    await second.reached;
    await cluster.halt();
    second.release('Nothing.');
    await expect.poll(() => events.filter(({ type }) => type === 'chunk').length).toBe(2);
    await cluster.resume();
    expect(await done).toMatchObject({ outcome: 'completed', content: 'Let me look.\n\nNothing.' });
    expect((await said()).map((line) => line.split(':')[0])).toEqual([
      'user',
      'assistant',
      'tool',
      'assistant',
    ]);
    const stored = () => app.get(RunEventStore).read(runId, { attempt: 0, seq: 0 });
    const kept = async () => (await stored()).flatMap((row) => eventsOfRow(row, { attempt: 0, seq: 0 }));
    await expect.poll(async () => (await kept()).at(-1)?.type).toBe('run.completed');
    expect(await kept()).toEqual(events);
    const [trace] = await app.get(TraceQuery).list(ann, { runId, limit: 10, offset: 0 });
    expect(trace).toMatchObject({ status: 'completed', llm_call_count: 2, tool_call_count: 1 });
  });

  it('starts a run that waited for its turn, with its message, once the database is back', async () => {
    const gate = llm.gate();
    const first = await runs.submit(ask('one'));
    await gate.reached;
    const second = await runs.submit(ask('two'));
    await cluster.halt();
    gate.release('first');
    llm.reply('second');
    await expect.poll(() => events.some(({ type }) => type === 'chunk')).toBe(true);
    await cluster.resume();
    expect(await first.done).toMatchObject({ outcome: 'completed', content: 'first' });
    expect(await second.done).toMatchObject({ outcome: 'completed', content: 'second' });
    expect(await said()).toEqual(['user: one', 'assistant: first', 'user: two', 'assistant: second']);
  });
});

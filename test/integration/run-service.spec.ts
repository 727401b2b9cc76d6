import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { RunFeed, type RunRequest, RunService } from '#agent';
import type { RunEvent } from '#contracts';
import { newId } from '#kernel';
import { SessionService } from '#sessions';
import type { Database } from '#store';
import { TraceQuery } from '#tracing';
import { type AgentApp, startAgentApp } from '../support/agent-app.js';
import { callerOf } from '../support/callers.js';
import { describeEachEngine, type EngineUnderTest } from '../support/each-engine.js';
import { ScriptedLlm } from '../support/llm/index.js';

const ann = callerOf('ann');

describeEachEngine('run service', (make) => {
  let engine: EngineUnderTest;
  let database: Database;
  let llm: ScriptedLlm;
  let app: AgentApp;
  let runs: RunService;
  let events: RunEvent[];

  beforeAll(async () => {
    engine = await make();
    database = await engine.open();
  });
  afterAll(async () => {
    await database.close();
    await engine.remove();
  });
  beforeEach(async () => {
    llm = await ScriptedLlm.start();
    app = await startAgentApp({ llm, database });
    runs = app.get(RunService);
    events = [];
    app.get(RunFeed).subscribe((event) => events.push(event));
  });
  afterEach(async () => {
    await app[Symbol.asyncDispose]();
    await llm[Symbol.asyncDispose]();
  });

  function ask(text: string, overrides: Partial<RunRequest> = {}): RunRequest {
    return {
      caller: ann,
      sessionKey: `agent:default:test:${newId()}`,
      content: [{ type: 'text', text }],
      stream: true,
      origin: 'ws',
      channel: 'ws',
      operation: 'chat.send',
      ...overrides,
    };
  }

  it('answers, keeps the conversation, and streams what it answers', async () => {
    llm.reply({ text: ['Hel', 'lo'] });
    const first = ask('hi');
    const handle = await runs.submit(first);
    expect(await handle.done).toMatchObject({
      outcome: 'completed',
      content: 'Hello',
      sessionKey: first.sessionKey,
    });
    expect(events.map(({ type }) => type)).toEqual([
      'run.started',
      'chunk',
      'chunk',
      'message',
      'run.completed',
    ]);
    llm.reply('Again');
    await (
      await runs.submit(ask('and?', { sessionKey: first.sessionKey ?? '' }))
    ).done;
    const texts = llm.requests[1]?.messages.map((message) => JSON.stringify(message)) ?? [];
    expect(texts).toHaveLength(3);
    expect(texts[0]).toContain('hi');
    expect(texts[1]).toContain('Hello');
    expect(texts[2]).toContain('and?');
    expect(llm.requests[1]?.system).toEqual(llm.requests[0]?.system);
  });

  it('runs tools in the workspace and gives the model their results', async () => {
    writeFileSync(join(app.workspace, 'a.txt'), 'apples');
    llm.replyToolCalls(
      [
        { name: 'read_file', arguments: { path: 'a.txt' } },
        { name: 'write_file', arguments: { path: 'b.txt', content: 'pears' } },
      ],
      { text: 'Let me look.' },
    );
    llm.reply('There are apples.');
    const { done, sessionKey, runId } = await runs.submit(ask('what is in a.txt?'));
    expect(await done).toMatchObject({ outcome: 'completed', content: 'Let me look.\n\nThere are apples.' });
    expect(readFileSync(join(app.workspace, 'b.txt'), 'utf8')).toBe('pears');
    expect(JSON.stringify(llm.requests[1]?.messages)).toContain('apples');
    expect(events.map(({ type }) => type)).toEqual([
      'run.started',
      'chunk',
      'tool.call',
      'tool.call',
      'tool.result',
      'tool.result',
      'chunk',
      'message',
      'run.completed',
    ]);
    const history = await app.get(SessionService).history(ann, sessionKey, 10);
    expect(history.map(({ seq, role }) => `${seq} ${role}`)).toEqual([
      '1 user',
      '2 assistant',
      '3 tool',
      '4 tool',
      '5 assistant',
    ]);
    const [trace] = await app.get(TraceQuery).list(ann, { runId, limit: 10, offset: 0 });
    expect(trace).toMatchObject({
      status: 'completed',
      llm_call_count: 2,
      tool_call_count: 2,
      span_count: 5,
    });
    const found = await app.get(TraceQuery).find(ann, trace?.id ?? '');
    expect(found?.spans.map(({ span_type }) => span_type).toSorted()).toEqual([
      'agent',
      'llm_call',
      'llm_call',
      'tool_call',
      'tool_call',
    ]);
  });

  it('shows the trace of a run to its owner and to admins, and to nobody else', async () => {
    llm.reply('Hello');
    const { done, runId } = await runs.submit(ask('hi'));
    await done;
    const traces = app.get(TraceQuery);
    const [trace] = await traces.list(ann, { runId, limit: 10, offset: 0 });
    const bob = callerOf('bob');
    expect(await traces.list(bob, { runId, limit: 10, offset: 0 })).toEqual([]);
    expect(await traces.list(bob, { userId: 'ann', limit: 10, offset: 0 })).toEqual([]);
    expect(await traces.find(bob, trace?.id ?? '')).toBeUndefined();
    const admin = callerOf('root', 'admin');
    expect(await traces.list(admin, { runId, limit: 10, offset: 0 })).toEqual([trace]);
    expect(await traces.find(admin, trace?.id ?? '')).toMatchObject({ trace: { user_id: 'ann' } });
  });

  it('keeps one run at a time in a session, and any number of sessions', async () => {
    const gate = llm.gate();
    const first = await runs.submit(ask('one'));
    await gate.reached;
    const second = await runs.submit(ask('two', { sessionKey: first.sessionKey }));
    llm.reply('elsewhere');
    expect(await (await runs.submit(ask('other'))).done).toMatchObject({ content: 'elsewhere' });
    expect(llm.requests).toHaveLength(2);
    llm.reply('second');
    gate.release('first');
    expect(await first.done).toMatchObject({ content: 'first' });
    expect(await second.done).toMatchObject({ content: 'second' });
  });

  it('aborts a run with what it has said, and goes on with the conversation', async () => {
    const gate = llm.gate();
    const { done, runId, sessionKey } = await runs.submit(ask('tell me'));
    await gate.reached;
    gate.send('Once upon');
    await expect.poll(() => events.some(({ type }) => type === 'chunk')).toBe(true);
    expect(await runs.abort(callerOf('bob'), { runId })).toEqual([]);
    expect(await runs.abort(ann, { runId })).toEqual([runId]);
    expect(await done).toMatchObject({ outcome: 'aborted', content: 'Once upon' });
    expect(events.at(-1)).toMatchObject({ type: 'run.completed', payload: { status: 'aborted' } });
    llm.reply('Fine.');
    await (
      await runs.submit(ask('ok', { sessionKey }))
    ).done;
    expect(JSON.stringify(llm.requests.at(-1)?.messages)).toContain('Once upon');
  });

  it('answers a repeated request with the first run, and refuses its key for another', async () => {
    llm.reply('once');
    const request = ask('pay', { idempotencyKey: newId() });
    const first = await runs.submit(request);
    const attached = await runs.submit(request);
    expect(attached).toMatchObject({ runId: first.runId, repeated: true });
    expect(await attached.done).toMatchObject({ content: 'once' });
    expect(await (await runs.submit(request)).done).toMatchObject({ content: 'once' });
    await expect(
      runs.submit({ ...request, content: [{ type: 'text', text: 'pay more' }] }),
    ).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    expect(llm.requests).toHaveLength(1);
  });

  it('stores nothing of a conversation that its client keeps', async () => {
    llm.reply('four');
    const given = [
      { role: 'user', content: [{ type: 'text', text: 'one' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'two' }] },
    ] as const;
    const { done } = await runs.submit(
      ask('three', { sessionKey: undefined, given, extraPrompt: 'Be brief.' }),
    );
    expect(await done).toMatchObject({ content: 'four' });
    expect(llm.requests[0]?.messages).toHaveLength(3);
    expect(llm.requests[0]?.system).toContain('Be brief.');
    expect(await app.get(SessionService).count(callerOf('ann'))).toBe(
      await app.get(SessionService).count(ann),
    );
  });

  it('says when an answer is not whole, also to a repeated request', async () => {
    llm.reply({ text: 'Once upon a', finish: 'length' });
    const request = ask('a story', { idempotencyKey: newId() });
    expect(await (await runs.submit(request)).done).toMatchObject({ outcome: 'completed', cut: 'length' });
    expect(await (await runs.submit(request)).done).toMatchObject({ content: 'Once upon a', cut: 'length' });
    expect(events.at(-1)).toMatchObject({ type: 'run.completed', payload: { cut: 'length' } });
  });

  it('fails with the reason when the model does, and keeps the message', async () => {
    llm.fail(400);
    const { done, sessionKey } = await runs.submit(ask('hm'));
    expect(await done).toMatchObject({ outcome: 'failed', error: { code: 'INVALID_REQUEST' } });
    expect(events.at(-1)).toMatchObject({ type: 'run.failed' });
    expect(await app.get(SessionService).history(ann, sessionKey, 10)).toHaveLength(1);
  });

  it('replays the log of a run to whoever comes late, and follows one that is going', async () => {
    const gate = llm.gate();
    const { runId, done } = await runs.submit(ask('slowly'));
    await gate.reached;
    gate.send('a');
    await expect.poll(() => events.length).toBe(2);
    const seen: RunEvent[] = [];
    const stop = await runs.follow(ann, runId, { attempt: 1, seq: 1 }, (event) => seen.push(event));
    gate.release('b');
    await done;
    expect(seen.map(({ seq, type }) => `${seq} ${type}`)).toEqual([
      '2 chunk',
      '3 chunk',
      '4 message',
      '5 run.completed',
    ]);
    stop();
    await expect(runs.follow(callerOf('bob'), runId, undefined, () => undefined)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('says that an agent is idle as soon as its last run has ended', async () => {
    const gate = llm.gate();
    const first = await runs.submit(ask('one'));
    await gate.reached;
    expect([...(await runs.runningAgents(ann))]).toEqual(['default']);
    expect([...(await runs.runningAgents(callerOf('bob')))]).toEqual([]);
    const limit = new AbortController();
    const idle = runs.waitIdle(ann, 'default', limit.signal);
    const tooShort = new AbortController();
    const inVain = runs.waitIdle(ann, 'default', tooShort.signal);
    tooShort.abort();
    expect(await inVain).toBe(false);
    gate.release('done');
    expect(await idle).toBe(true);
    await first.done;
    expect([...(await runs.runningAgents(ann))]).toEqual([]);
  });

  it('answers an aborted run with what it said, also to whoever asks again later', async () => {
    const gate = llm.gate();
    const going = await runs.submit(ask('one'));
    await gate.reached;
    const request = ask('two', { sessionKey: going.sessionKey, idempotencyKey: newId() });
    const waiting = await runs.submit(request);
    await runs.abort(ann, { sessionKey: going.sessionKey });
    expect(await waiting.done).toMatchObject({ outcome: 'aborted' });
    expect(await going.done).toMatchObject({ outcome: 'aborted' });
    for (const { runId } of [going, waiting]) {
      const again = await (await runs.attach(ann, { runId })).done;
      expect(again).toMatchObject({ runId, outcome: 'aborted' });
      expect(again.error).toBeUndefined();
    }
  });

  it('ends a run whose tool call no transcript could keep, and goes on with the conversation', async () => {
    llm.replyToolCalls([{ id: 'i'.repeat(1_000), name: 'n'.repeat(1_000), arguments: {} }]);
    llm.reply('There is no such tool.');
    const { done, sessionKey } = await runs.submit(ask('go'));
    expect(await done).toMatchObject({ outcome: 'completed', content: 'There is no such tool.' });
    llm.reply('Fine.');
    expect(await (await runs.submit(ask('ok', { sessionKey }))).done).toMatchObject({ content: 'Fine.' });
    const [call] = (await app.get(SessionService).history(ann, sessionKey, 10)).flatMap(
      ({ toolCalls }) => toolCalls ?? [],
    );
    expect(JSON.stringify(llm.requests.at(-1)?.messages)).toContain(call?.id);
  });

  it('leaves the session free when the database refuses what a run brought forth', async () => {
    const refused = `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF NEW.content::text LIKE '%unstorable%' THEN RAISE 'refused'; END IF; RETURN NEW; END $$`;
    await database.query(refused);
    await database.query(
      'CREATE TRIGGER refuse BEFORE INSERT ON session_messages FOR EACH ROW EXECUTE FUNCTION refuse()',
    );
    llm.reply('this is unstorable');
    const { done, sessionKey } = await runs.submit(ask('go'));
    expect(await done).toMatchObject({ outcome: 'failed', error: { code: 'INTERNAL' } });
    await database.query('DROP TRIGGER refuse ON session_messages');
    await database.query('DROP FUNCTION refuse');
    llm.reply('better');
    expect(await (await runs.submit(ask('again', { sessionKey }))).done).toMatchObject({ content: 'better' });
  });

  it('tells an end that was committed to whoever attaches while it ends', async () => {
    llm.reply('done');
    const { runId, done } = await runs.submit(ask('go'));
    const attached = Array.from({ length: 20 }, () => runs.attach(ann, { runId }));
    const ends = await Promise.all(attached.map(async (handle) => (await handle).done));
    expect(await done).toMatchObject({ content: 'done' });
    for (const end of ends) expect(end).toMatchObject({ outcome: 'completed', content: 'done' });
  });
});

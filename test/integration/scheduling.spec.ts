import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { Conversations, type RunHandle, type RunRequest, RunService } from '#agent';
import { newId } from '#kernel';
import { SessionService } from '#sessions';
import type { Database } from '#store';
import { type AgentApp, startAgentApp } from '../support/agent-app.js';
import { callerOf } from '../support/callers.js';
import { describeEachEngine, type EngineUnderTest } from '../support/each-engine.js';
import { ScriptedLlm } from '../support/llm/index.js';

const ann = callerOf('ann');

describeEachEngine('scheduling', (make) => {
  let engine: EngineUnderTest;
  let database: Database;
  let llm: ScriptedLlm;
  let app: AgentApp | undefined;
  let sessionKey: string;

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
    sessionKey = `agent:default:test:${newId()}`;
  });
  afterEach(async () => {
    await app?.[Symbol.asyncDispose]();
    app = undefined;
    await llm[Symbol.asyncDispose]();
  });

  async function start(config: Record<string, unknown> = {}): Promise<RunService> {
    app = await startAgentApp({ llm, database, config });
    return app.get(RunService);
  }

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
    const messages = await app?.get(SessionService).history(ann, sessionKey, 100);
    return (messages ?? []).map(
      ({ role, content }) =>
        `${role}: ${content.map((part) => (part.type === 'text' ? part.text : '')).join('')}`,
    );
  }

  async function running(runs: RunService): Promise<{ first: RunHandle; release: (text: string) => void }> {
    const gate = llm.gate();
    const first = await runs.submit(ask('one'));
    await gate.reached;
    return { first, release: (text) => gate.release(text) };
  }

  it('merges adjacent waiting messages of one caller into one run in followup mode', async () => {
    const runs = await start({ scheduler: { queue: { mode: 'followup' } } });
    const { release } = await running(runs);
    const second = await runs.submit(ask('two'));
    const third = await runs.submit(ask('three'));
    llm.reply('two and three');
    release('one');
    expect(await second.done).toMatchObject({ outcome: 'completed', content: 'two and three' });
    expect(await third.done).toMatchObject({
      outcome: 'merged',
      mergedInto: second.runId,
      content: 'two and three',
    });
    expect(await said()).toEqual([
      'user: one',
      'assistant: one',
      'user: two',
      'user: three',
      'assistant: two and three',
    ]);
  });

  it('lets the newest message interrupt the running one in interrupt mode', async () => {
    const runs = await start({ scheduler: { queue: { mode: 'interrupt' } } });
    const { first } = await running(runs);
    llm.reply('newest');
    const second = await runs.submit(ask('two'));
    expect(await first.done).toMatchObject({ outcome: 'aborted' });
    expect(await second.done).toMatchObject({ outcome: 'completed', content: 'newest' });
  });

  it('drops the oldest waiting message from a full queue, with an error', async () => {
    const runs = await start({ scheduler: { queue: { cap: 1, drop: 'old' } } });
    const { release } = await running(runs);
    const second = await runs.submit(ask('two'));
    const third = await runs.submit(ask('three'));
    expect(await second.done).toMatchObject({ outcome: 'dropped', error: { code: 'RESOURCE_EXHAUSTED' } });
    llm.reply('third');
    release('one');
    expect(await third.done).toMatchObject({ content: 'third' });
    expect(await said()).not.toContain('user: two');
  });

  it('refuses the new message when a full queue drops new ones', async () => {
    const runs = await start({ scheduler: { queue: { cap: 1, drop: 'new' } } });
    const { release } = await running(runs);
    const second = await runs.submit(ask('two'));
    await expect(runs.submit(ask('three'))).rejects.toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      retryAfterMs: 1000,
    });
    llm.reply('second');
    release('one');
    expect(await second.done).toMatchObject({ content: 'second' });
  });

  it('holds no slot for a run that waits for its session', async () => {
    const runs = await start({ scheduler: { lanes: { main: 2 } } });
    const { release } = await running(runs);
    const waiting = await runs.submit(ask('two'));
    const gate = llm.gate();
    const elsewhere = await runs.submit(ask('other', { sessionKey: `agent:default:test:${newId()}` }));
    await gate.reached;
    gate.release('other');
    expect(await elsewhere.done).toMatchObject({ content: 'other' });
    llm.reply('two');
    release('one');
    expect(await waiting.done).toMatchObject({ content: 'two' });
  });

  it('waits for a slot of its lane', async () => {
    const runs = await start({ scheduler: { lanes: { main: 1 } } });
    const { release, first } = await running(runs);
    const other = await runs.submit(ask('other', { sessionKey: `agent:default:test:${newId()}` }));
    expect(llm.requests).toHaveLength(1);
    llm.reply('other');
    release('one');
    await first.done;
    expect(await other.done).toMatchObject({ content: 'other' });
  });

  it('aborts a waiting run without ever asking a model', async () => {
    const runs = await start();
    const { release, first } = await running(runs);
    const waiting = await runs.submit(ask('two'));
    expect(await runs.abort(ann, { runId: waiting.runId })).toEqual([waiting.runId]);
    expect(await waiting.done).toMatchObject({ outcome: 'aborted', content: '' });
    release('one');
    await first.done;
    expect(await said()).toEqual(['user: one', 'assistant: one']);
  });

  it('collects messages for the length of a debounce', async () => {
    const runs = await start({ scheduler: { queue: { mode: 'followup' } } });
    llm.reply('both');
    const first = await runs.submit(ask('one', { debounceMs: 150 }));
    const second = await runs.submit(ask('two', { debounceMs: 150 }));
    expect(await first.done).toMatchObject({ content: 'both' });
    expect(await second.done).toMatchObject({ outcome: 'merged', mergedInto: first.runId });
    expect(llm.requests).toHaveLength(1);
  });

  it('ends a run at its time limit', async () => {
    const runs = await start({ agents: { defaults: { run_timeout_sec: 1 } } });
    llm.hang();
    const { done } = await runs.submit(ask('forever'));
    expect(await done).toMatchObject({ outcome: 'failed', error: { code: 'AGENT_TIMEOUT' } });
  });

  it('asks once more without tools when the iterations are used up', async () => {
    const runs = await start({ agents: { defaults: { max_tool_iterations: 2 } } });
    for (let index = 0; index < 2; index++) llm.replyToolCalls([{ name: 'list_files', arguments: {} }]);
    llm.reply('That is as far as I got.');
    const { done } = await runs.submit(ask('go on and on'));
    expect(await done).toMatchObject({ outcome: 'completed', content: 'That is as far as I got.' });
    expect(llm.requests).toHaveLength(3);
    expect(llm.requests[2]?.body).toMatchObject({ tool_choice: 'none' });
  });

  it('puts an injected message behind the run that is going, never between its messages', async () => {
    const runs = await start();
    const { release, first } = await running(runs);
    const injected = app?.get(Conversations).inject(ann, sessionKey, 'by the way', 'note');
    release('one');
    await Promise.all([first.done, injected]);
    expect(await said()).toEqual(['user: one', 'assistant: one', 'assistant: [note]\n\nby the way']);
  });

  it('begins a reset conversation anew', async () => {
    const runs = await start();
    llm.reply('one');
    await (
      await runs.submit(ask('remember me'))
    ).done;
    await app?.get(Conversations).reset(ann, sessionKey);
    llm.reply('two');
    await (
      await runs.submit(ask('who am I?'))
    ).done;
    expect(JSON.stringify(llm.requests[1]?.messages)).not.toContain('remember me');
    expect(await said()).toEqual(['user: who am I?', 'assistant: two']);
  });

  it('compacts a conversation that has grown too long, and loses nothing of it', async () => {
    const runs = await start();
    const request = (): Promise<RunHandle> => runs.submit(ask('x'));
    for (let turn = 0; turn < 25; turn++) {
      llm.reply(`answer ${turn}`);
      await (
        await request()
      ).done;
    }
    llm.reply('answer 25');
    const summarised = llm.gate();
    await (
      await request()
    ).done;
    await summarised.reached;
    summarised.release('They said x a lot.');
    const session = () => app?.get(SessionService).find(ann, sessionKey);
    await expect.poll(async () => (await session())?.summary).toBe('They said x a lot.');
    expect(await session()).toMatchObject({ window_start_seq: 49, compaction_count: 1 });
    expect(await said()).toHaveLength(52);
    llm.reply('after');
    await (
      await request()
    ).done;
    const asked = llm.requests.at(-1)?.messages ?? [];
    expect(asked[0]?.text).toContain('They said x a lot.');
    expect(asked).toHaveLength(7);
  });

  it('leaves a conversation as it is when its summary fails, and tries again after the next run', async () => {
    const runs = await start();
    const turn = async (reply: string): Promise<void> => {
      llm.reply(reply);
      await (
        await runs.submit(ask('x'))
      ).done;
    };
    for (let index = 0; index < 25; index++) await turn(`answer ${index}`);
    const failing = llm.when(({ tools }) => tools.length === 0);
    failing.fail(400);
    await turn('answer 25');
    await llm.untilRequests(27);
    const session = () => app?.get(SessionService).find(ann, sessionKey);
    expect(await session()).toMatchObject({ summary: null, window_start_seq: 1, compaction_count: 0 });
    failing.reply('They said x a lot.');
    await expect
      .poll(async () => {
        await turn('again');
        return (await session())?.summary;
      })
      .toBe('They said x a lot.');
    expect(llm.requests.at(26)?.tools).toEqual([]);
    expect(JSON.stringify(llm.requests.at(27)?.messages)).toContain('answer 0');
  });

  it('finishes what an earlier gateway left, in its order: the interrupted run goes on, then the waiting ones', async () => {
    const earlier = await start();
    llm.replyToolCalls([{ name: 'list_files', arguments: {} }]);
    const gate = llm.gate();
    const interrupted = await earlier.submit(ask('work'));
    await gate.reached;
    const waiting = [await earlier.submit(ask('next')), await earlier.submit(ask('and then'))];
    await app?.[Symbol.asyncDispose]();
    for (const answer of ['went on', 'caught up', 'done']) llm.reply(answer);
    const later = await start();
    const ends: string[] = [];
    for (const { runId } of [interrupted, ...waiting]) {
      const { outcome, content } = await (await later.attach(ann, { runId })).done;
      ends.push(`${outcome}: ${content}`);
    }
    expect(ends).toEqual(['completed: went on', 'completed: caught up', 'completed: done']);
    expect(await said()).toEqual([
      'user: work',
      'assistant: ',
      expect.stringContaining('tool: '),
      'assistant: went on',
      'user: next',
      'assistant: caught up',
      'user: and then',
      'assistant: done',
    ]);
  });
});

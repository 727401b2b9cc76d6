import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GoClawClient } from '#client';
import type { ChatResult } from '#protocol';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { RawSocket } from '../support/raw-socket.js';

let llm: ScriptedLlm;
let gateway: RunningGateway;
let sessions = 0;

beforeAll(async () => {
  llm = await ScriptedLlm.start();
  gateway = await startGateway({ llm, config: { scheduler: { lanes: { main: 50 } } } });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await llm.close();
});

/** A conversation of the test's own. */
let sessionKey: string;
beforeEach(() => (sessionKey = `agent:default:ws:test:${++sessions}`));

const client = (): GoClawClient =>
  new GoClawClient({ url: gateway.url, token: gateway.token, reconnectMinMs: 5, reconnectMaxMs: 50 });

describe('chat.abort', () => {
  it('ends the run with one answer: ok, aborted, and what there is of the text', async () => {
    using socket = await RawSocket.connect(gateway);
    const gate = llm.gate();
    const id = socket.begin('chat.send', { message: 'Tell me a story.', sessionKey, stream: true });
    await gate.reached;
    gate.send('Once upon a time');
    gate.send(' there was');
    await socket.until(() => socket.text.includes('Once upon a time'), 'the text');
    const [runId] = socket.events.map((event) => event.runId);
    expect(await socket.result('chat.abort', { runId, sessionKey })).toEqual({
      ok: true,
      aborted: true,
      runIds: [runId],
    });
    const { payload } = await socket.answer(id);
    expect(payload).toMatchObject({ runId, status: 'aborted', content: socket.text });
    expect((payload as ChatResult).content).toContain('Once upon a time');
    expect(socket.events.at(-1)).toMatchObject({ type: 'run.completed', payload: { status: 'aborted' } });
    expect(socket.frames.filter((frame) => frame.id === id)).toHaveLength(1);
    await llm.untilAborted();
  });

  it('by session also ends what waits, and says so when there is nothing', async () => {
    using socket = await RawSocket.connect(gateway);
    const gate = llm.gate();
    const going = socket.begin('chat.send', { message: 'one', sessionKey });
    await gate.reached;
    const waiting = socket.begin('chat.send', { message: 'two', sessionKey });
    await socket.until(
      () => socket.events.filter(({ type }) => type === 'run.accepted').length === 2,
      'both',
    );
    const aborted = await socket.result('chat.abort', { sessionKey });
    expect(aborted['runIds']).toHaveLength(2);
    for (const id of [going, waiting]) {
      expect(await socket.answer(id)).toMatchObject({ ok: true, payload: { status: 'aborted' } });
    }
    expect(await socket.result('chat.abort', { sessionKey })).toEqual({
      ok: true,
      aborted: false,
      runIds: [],
    });
    expect(await socket.refusal('chat.abort', {})).toMatchObject({ code: 'INVALID_REQUEST' });
  });
});

describe('long requests', () => {
  it('do not keep later ones of their socket from being answered', async () => {
    using socket = await RawSocket.connect(gateway);
    const gate = llm.gate();
    const run = socket.begin('chat.send', { message: 'wait', sessionKey });
    await gate.reached;
    const idle = socket.begin('agent.wait', {});
    expect(await socket.result('health')).toMatchObject({ status: 'ok' });
    gate.release('done');
    expect(await socket.answer(run)).toMatchObject({ ok: true, payload: { content: 'done' } });
    expect(await socket.answer(idle)).toMatchObject({ ok: true, payload: { id: 'default', status: 'idle' } });
  });
});

describe('a lost socket', () => {
  it('cancels nothing: chat.resume brings what was missed, in order, and the answer', async () => {
    const gate = llm.gate();
    using first = await RawSocket.connect(gateway);
    first.begin('chat.send', {
      message: 'count',
      sessionKey,
      stream: true,
      idempotencyKey: `count-${sessionKey}`,
    });
    await gate.reached;
    gate.send('one. ');
    gate.send('two. ');
    await first.until(() => first.text.startsWith('one.'), 'the first text');
    const last = first.events.at(-1);
    first.ws.terminate();
    gate.send('three. ');

    using second = await RawSocket.connect(gateway);
    const after = { attempt: last?.attempt ?? 0, seq: last?.seq ?? 0 };
    const resumed = second.begin('chat.resume', { runId: last?.runId, after });
    await second.until(() => second.text.includes('three.'), 'the missed text');
    gate.send('four.');
    gate.release();
    const { payload } = await second.answer(resumed);
    const content = first.text + second.text;
    expect(payload).toMatchObject({ runId: last?.runId, status: 'completed', content });
    expect(content).toBe('one. two. three. four.');
    const seqs = second.events.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, index) => after.seq + 1 + index));
    expect(second.events.at(-1)?.type).toBe('run.completed');

    // By its key, long after its end, from the beginning.
    using third = await RawSocket.connect(gateway);
    const again = await third.result('chat.resume', { idempotencyKey: `count-${sessionKey}` });
    expect(again).toEqual(payload);
    expect(third.text).toBe(content);
  });

  it('is made again by the client, whose run ends with the full text', async () => {
    const texts = Array.from({ length: 40 }, (_, index) => `${index} `);
    llm.reply({ text: texts, delayMs: 15 });
    const chatting = client();
    const run = chatting.chat({ message: 'count', sessionKey });
    let drops = 0;
    const chunks: string[] = [];
    for await (const update of run.events) {
      if (update.type !== 'text') continue;
      chunks.push(update.text);
      if (chunks.length % 10 === 0 && drops < 3) {
        drops++;
        const connected = new Promise((resolve) => chatting.on('connected', resolve));
        // What a network does: the socket is gone under the client.
        const link = Reflect.get(chatting, 'link') as { current?: { close(): void } };
        link.current?.close();
        await connected;
      }
    }
    const { content } = await run.done;
    expect(drops).toBe(3);
    expect(content).toBe(texts.join('').trimEnd());
    expect(chunks.join('')).toBe(content);
    expect(run.text).toBe(content);
    chatting.close();
  });

  it('of a reader that is too slow is closed with 1013, and nothing is missing after a resumption', async () => {
    const text = Array.from({ length: 12_000 }, (_, index) => `${index} ${'x'.repeat(500)} `);
    using slow = await RawSocket.connect(gateway);
    const gate = llm.gate();
    slow.begin('chat.send', { message: 'much', sessionKey, stream: true });
    await gate.reached;
    await slow.until(() => slow.events.some(({ type }) => type === 'run.started'), 'the start');
    const runId = slow.events[0]?.runId;
    slow.ws.pause();
    gate.release({ text });
    using waiting = await RawSocket.connect(gateway);
    await waiting.result('agent.wait', { runId, timeoutMs: 60_000 });
    slow.ws.resume();
    expect(await slow.untilClosed()).toMatchObject({ code: 1013 });
    const last = slow.events.at(-1);

    using second = await RawSocket.connect(gateway);
    const after = { attempt: last?.attempt ?? 0, seq: last?.seq ?? 0 };
    const result = await second.result('chat.resume', { runId, after });
    expect(slow.text.length).toBeLessThan(String(result['content']).length);
    expect(slow.text + second.text === result['content']).toBe(true);
    expect(second.closed).toBeUndefined();
  });
});

describe('a repeated chat.send', () => {
  it('with the same key attaches to the first run, or replays its answer', async () => {
    using socket = await RawSocket.connect(gateway);
    const gate = llm.gate();
    const params = { message: 'once', sessionKey, idempotencyKey: `once-${sessionKey}` };
    const first = socket.begin('chat.send', params);
    await gate.reached;
    using other = await RawSocket.connect(gateway);
    const second = other.begin('chat.send', params);
    await other.until(() => other.events.some(({ type }) => type === 'run.accepted'), 'run.accepted');
    gate.release('Only once.');
    const { payload } = await socket.answer(first);
    expect((await other.answer(second)).payload).toEqual(payload);
    expect(await other.result('chat.send', params)).toEqual(payload);
    const accepted = other.events.filter(({ type }) => type === 'run.accepted');
    expect(accepted.map(({ runId }) => runId)).toEqual(
      [payload, payload].map((one) => (one as ChatResult).runId),
    );
    const { messages } = await socket.result('chat.history', { sessionKey });
    expect(messages).toHaveLength(2);
  });

  it('with the same key and another message is ALREADY_EXISTS', async () => {
    using socket = await RawSocket.connect(gateway);
    llm.reply('First.');
    const idempotencyKey = `twice-${sessionKey}`;
    await socket.result('chat.send', { message: 'first', sessionKey, idempotencyKey });
    const error = await socket.refusal('chat.send', { message: 'second', sessionKey, idempotencyKey });
    expect(error).toMatchObject({ code: 'ALREADY_EXISTS' });
  });
});

describe('a run that does not end well', () => {
  it('is answered with its error, and says so in its log', async () => {
    using socket = await RawSocket.connect(gateway);
    llm.fail(400);
    const error = await socket.refusal('chat.send', { message: 'hi', sessionKey });
    expect(error.details).toMatchObject({ sessionKey, status: 'failed', runId: socket.events[0]?.runId });
    expect(error.message).not.toBe('');
    expect(socket.events.at(-1)).toMatchObject({ type: 'run.failed', payload: { code: error.code } });
  });

  it('is unknown to chat.resume and agent.wait when it is nobody’s', async () => {
    using socket = await RawSocket.connect(gateway);
    const runId = '01890a5d-ac96-774b-bcce-b302099a8057';
    for (const method of ['chat.resume', 'agent.wait']) {
      expect(await socket.refusal(method, { runId })).toMatchObject({ code: 'NOT_FOUND' });
      expect(await socket.refusal(method, { runId: 'x' })).toMatchObject({ code: 'INVALID_REQUEST' });
    }
    expect(await socket.refusal('chat.resume', {})).toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it('is waited for no longer than was asked', async () => {
    using socket = await RawSocket.connect(gateway);
    const gate = llm.gate();
    const id = socket.begin('chat.send', { message: 'hi', sessionKey });
    await gate.reached;
    const [accepted] = socket.events;
    for (const params of [{ runId: accepted?.runId, timeoutMs: 20 }, { timeoutMs: 20 }]) {
      expect(await socket.refusal('agent.wait', params)).toMatchObject({ code: 'AGENT_TIMEOUT' });
    }
    gate.release('late');
    await socket.answer(id);
  });
});

describe('messages that wait in one session', () => {
  it('are merged into one next run in the mode followup, and each is answered with its text', async () => {
    await using model = await ScriptedLlm.start();
    await using merging = await startGateway({
      llm: model,
      config: { scheduler: { queue: { mode: 'followup' } } },
    });
    using socket = await RawSocket.connect(merging);
    const gate = model.gate();
    const first = socket.begin('chat.send', { message: 'one' });
    await gate.reached;
    const second = socket.begin('chat.send', { message: 'two' });
    const third = socket.begin('chat.send', { message: 'three' });
    await socket.until(
      () => socket.events.filter(({ type }) => type === 'run.accepted').length === 3,
      'all three',
    );
    model.reply('Two and three.');
    gate.release('One.');
    expect(await socket.answer(first)).toMatchObject({
      ok: true,
      payload: { content: 'One.', status: 'completed' },
    });
    const results = [await socket.answer(second), await socket.answer(third)].map(
      ({ payload }) => payload as ChatResult,
    );
    expect(results.map(({ content }) => content)).toEqual(['Two and three.', 'Two and three.']);
    const merged = results.find(({ status }) => status === 'merged');
    const answered = results.find(({ status }) => status === 'completed');
    expect(merged?.mergedInto).toBe(answered?.runId);
    model.expectAllUsed();
  });
});

describe('the rate limit', () => {
  it('refuses chat.send beyond the burst with RESOURCE_EXHAUSTED and the time to wait, and nothing else', async () => {
    await using model = await ScriptedLlm.start();
    model.respond(() => 'Yes.');
    await using limited = await startGateway({ llm: model, config: { gateway: { rate_limit_rpm: 60 } } });
    using socket = await RawSocket.connect(limited);
    const ids = Array.from({ length: 8 }, (_, index) =>
      socket.begin('chat.send', { message: 'hi', sessionKey: `s${index}` }),
    );
    const answers = await Promise.all(ids.map((id) => socket.answer(id)));
    const refused = answers.filter(({ ok }) => !ok);
    expect(refused.length).toBeGreaterThanOrEqual(2);
    for (const { error } of refused) {
      expect(error).toMatchObject({ code: 'RESOURCE_EXHAUSTED', retryable: true });
      expect(error?.retryAfterMs).toBeGreaterThan(0);
    }
    expect(await socket.result('chat.history')).toEqual({ messages: [] });
  });
});

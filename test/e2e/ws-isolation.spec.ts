import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { RawSocket } from '../support/raw-socket.js';

let llm: ScriptedLlm;
let gateway: RunningGateway;

beforeAll(async () => {
  llm = await ScriptedLlm.start();
  gateway = await startGateway({ llm, mode: 'managed' });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await llm.close();
});

describe('a managed gateway', () => {
  it('lets nobody in without a user id, and names the remedy', async () => {
    using socket = await RawSocket.open(gateway);
    const { token } = gateway;
    expect(await socket.refusal('connect', { token })).toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringContaining('user_id'),
    });
    for (const user_id of ['system', 'local', 'group:x', 'x'.repeat(256), 'a\u0000b']) {
      expect(await socket.refusal('connect', { token, user_id })).toMatchObject({ code: 'INVALID_REQUEST' });
    }
    expect(await socket.refusal('status')).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(await socket.result('connect', { token, user_id: 'ann' })).toMatchObject({ user_id: 'ann' });
  });
});

describe('two users of one gateway', () => {
  it('hear, read and stop nothing of each other', async () => {
    using ann = await RawSocket.connect(gateway, 'tenant.a.user.ann');
    using ann2 = await RawSocket.connect(gateway, 'tenant.a.user.ann');
    using bob = await RawSocket.connect(gateway, 'tenant.b.user.bob');
    const gate = llm.gate();
    const idempotencyKey = 'the same key';
    const id = ann.begin('chat.send', { message: 'My secret is 4711.', stream: true, idempotencyKey });
    await gate.reached;
    const { runId, sessionKey } = ann.events[0] ?? {};
    expect(sessionKey).toBe('agent:default:ws:direct:tenant.a.user.ann');
    gate.send('Your secret');
    await ann2.until(() => ann2.text !== '', 'the text on the other socket of the same user');

    expect(await bob.refusal('chat.resume', { runId })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await bob.refusal('chat.resume', { idempotencyKey })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await bob.refusal('agent.wait', { runId })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await bob.result('chat.abort', { runId })).toMatchObject({ aborted: false });
    expect(await bob.result('chat.abort', { sessionKey })).toMatchObject({ aborted: false });
    expect(await bob.result('agent', {})).toMatchObject({ isRunning: false });
    expect(await ann2.result('agent', {})).toMatchObject({ isRunning: true });
    expect(await bob.result('agent.wait', { timeoutMs: 1_000 })).toMatchObject({ status: 'idle' });
    gate.release(' is safe.');
    expect(await ann.answer(id)).toMatchObject({ ok: true, payload: { content: 'Your secret is safe.' } });

    expect(await bob.result('chat.history', { sessionKey })).toEqual({ messages: [] });
    expect(await bob.result('sessions.preview', { key: sessionKey })).toMatchObject({ messages: [] });
    expect(await bob.result('sessions.list')).toEqual({ sessions: [] });
    expect(await bob.result('usage.get')).toEqual({ records: [] });
    expect(await bob.result('health')).toMatchObject({ sessions: 0 });
    for (const method of ['sessions.patch', 'sessions.label', 'sessions.reset']) {
      expect(await bob.refusal(method, { key: sessionKey, label: 'mine' })).toMatchObject({
        code: 'NOT_FOUND',
      });
    }
    expect(await bob.refusal('chat.inject', { sessionKey, message: 'x' })).toMatchObject({
      code: 'NOT_FOUND',
    });
    await bob.result('sessions.delete', { key: sessionKey });
    expect((await ann.result('chat.history'))['messages']).toHaveLength(2);

    expect(bob.events).toEqual([]);
    expect(ann2.events.map(({ type }) => type)).toEqual(
      ann.events.map(({ type }) => type).filter((type) => type !== 'run.accepted'),
    );
    expect(JSON.stringify(bob.frames)).not.toContain('secret');
  });

  it('may use one idempotency key for different things', async () => {
    using ann = await RawSocket.connect(gateway, 'ann');
    using bob = await RawSocket.connect(gateway, 'bob');
    llm.reply('For Ann.').reply('For Bob.');
    const idempotencyKey = 'shared';
    expect(await ann.result('chat.send', { message: 'a', idempotencyKey })).toMatchObject({
      content: 'For Ann.',
    });
    expect(await bob.result('chat.send', { message: 'b', idempotencyKey })).toMatchObject({
      content: 'For Bob.',
    });
  });

  it('are both heard by an admin that asked for the events of all', async () => {
    using admin = await RawSocket.connect(gateway, 'root');
    using ann = await RawSocket.connect(gateway, 'ann');
    await admin.result('events.subscribe', { all: true });
    llm.reply('Hello.');
    await ann.result('chat.send', { message: 'hi', sessionKey: 'heard' });
    await admin.until(() => admin.events.some(({ type }) => type === 'run.completed'), 'the end');
    expect(admin.events.map(({ type }) => type)).toEqual(['run.started', 'message', 'run.completed']);
    await admin.result('events.unsubscribe');
    llm.reply('Hello again.');
    await ann.result('chat.send', { message: 'hi', sessionKey: 'unheard' });
    expect(admin.events).toHaveLength(3);
  });
});

import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { GoClawClient } from '#client';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { RawSocket } from '../support/raw-socket.js';

let gateway: RunningGateway;

beforeAll(async () => {
  gateway = await startGateway({ config: { gateway: { allowed_origins: ['https://app.example.com'] } } });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
});

describe('connecting', () => {
  it('answers with protocol, role, the user id that was sent, and the server', async () => {
    using socket = await RawSocket.open(gateway);
    expect(
      await socket.result('connect', { token: gateway.token, user_id: 'ann', protocolVersion: 2 }),
    ).toEqual({
      protocol: 3,
      role: 'admin',
      user_id: 'ann',
      server: { name: 'goclaw', version: expect.stringMatching(/^\d+\.\d+\.\d+/) },
    });
  });

  it.each([
    ['a wrong token', { token: 'wrong-token-wrong-token' }],
    ['a key that nobody has', { token: `gck_${'x'.repeat(43)}` }],
    ['a wrong token and a sender_id', { token: 'x', sender_id: 'brw_a.b' }],
  ])('with %s is UNAUTHORIZED and closes the socket with 1008', async (_name, params) => {
    using socket = await RawSocket.open(gateway);
    const error = await socket.refusal('connect', params);
    expect(error).toMatchObject({ code: 'UNAUTHORIZED', details: { reason: 'unauthenticated' } });
    expect(await socket.untilClosed()).toMatchObject({ code: 1008 });
  });

  it('may be repeated, and a wrong token then ends what was right before', async () => {
    using socket = await RawSocket.connect(gateway);
    expect(await socket.result('connect', { token: gateway.token })).toMatchObject({ role: 'admin' });
    await socket.refusal('connect', { token: 'x' });
    expect(await socket.untilClosed()).toMatchObject({ code: 1008 });
  });

  it('is refused to the client library with UNAUTHORIZED, without another try', async () => {
    const client = new GoClawClient({ url: gateway.url, token: 'wrong-token-wrong-token' });
    await expect(client.connect()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    client.close();
  });

  it('is due within 10 s', async () => {
    using socket = await RawSocket.open(gateway);
    const since = performance.now();
    expect(await socket.untilClosed()).toMatchObject({ code: 1008 });
    expect(performance.now() - since).toBeGreaterThan(8_000);
  });

  it('is open to listed origins and to the gateway’s own, and to no other', async () => {
    const status = async (origin: string): Promise<number> => {
      const ws = new WebSocket(gateway.wsUrl, { origin });
      const response = once(ws, 'unexpected-response').then(
        ([, message]) => (message as { statusCode: number }).statusCode,
      );
      const opened = once(ws, 'open').then(() => 101);
      ws.on('error', () => undefined);
      return Promise.race([response, opened]).finally(() => ws.terminate());
    };
    expect(await status('https://evil.example.com')).toBe(403);
    expect(await status('https://app.example.com')).toBe(101);
    expect(await status(gateway.url)).toBe(101);
  });
});

describe('an anonymous socket', () => {
  it('learns of the health nothing but the status', async () => {
    using socket = await RawSocket.open(gateway);
    expect(await socket.result('health')).toEqual({ status: 'ok' });
  });

  it('may do nothing else', async () => {
    using socket = await RawSocket.open(gateway);
    for (const method of [
      'status',
      'chat.send',
      'chat.history',
      'agents.list',
      'config.get',
      'no.such.method',
    ]) {
      expect(await socket.refusal(method, { message: 'hi' })).toMatchObject({
        code: 'UNAUTHORIZED',
        message: expect.stringContaining('connect'),
        details: { reason: 'unauthenticated' },
      });
    }
  });
});

describe('frames', () => {
  it.each([
    ['text that is no JSON', 'hello', '', /^invalid frame: /],
    ['an array', '[1]', '', /^invalid frame: /],
    ['a frame of another type', '{"type":"res","id":"1"}', '', /^unexpected frame type: res/],
    ['a frame without a type', '{"id":"1","method":"health"}', '', /^unexpected frame type: /],
    ['a request without an id', '{"type":"req","method":"health"}', '', /^malformed request: /],
    ['a request without a method', '{"type":"req","id":"1"}', '1', /^malformed request: /],
    [
      'parameters that are no object',
      '{"type":"req","id":2,"method":"health","params":[]}',
      2,
      /^malformed request: /,
    ],
    ['an unknown method', '{"type":"req","id":3,"method":"no.such"}', 3, /^unknown method: no\.such$/],
    ['a wrong type', '{"type":"req","id":4,"method":"chat.send","params":{"message":5}}', 4, /message/],
    ['an empty message', '{"type":"req","id":5,"method":"chat.send","params":{"message":""}}', 5, /message/],
  ])('with %s are INVALID_REQUEST, and the connection stays', async (_name, text, id, message) => {
    using socket = await RawSocket.connect(gateway);
    socket.send(text);
    await socket.until(() => socket.frames.length === 2, 'the error');
    expect(socket.frames[1]).toMatchObject({
      type: 'res',
      id,
      ok: false,
      error: { code: 'INVALID_REQUEST', message: expect.stringMatching(message) },
    });
    expect(await socket.result('health')).toMatchObject({ status: 'ok' });
  });

  it('may be binary, and may have numbers as ids', async () => {
    using socket = await RawSocket.open(gateway);
    socket.send(Buffer.from('{"type":"req","id":7,"method":"health"}'));
    await socket.until(() => socket.frames.length === 1, 'the answer');
    expect(socket.frames[0]).toMatchObject({ type: 'res', id: 7, ok: true });
  });

  it('of more than 512 KiB close the socket with 1009, and those below do not', async () => {
    using socket = await RawSocket.connect(gateway);
    const frame = (bytes: number): string => {
      const empty = JSON.stringify({ type: 'req', id: 1, method: 'health', params: { x: '' } });
      return empty.replace('"x":""', `"x":"${'x'.repeat(bytes - empty.length)}"`);
    };
    socket.send(frame(512 * 1024));
    expect(await socket.answer(1)).toMatchObject({ ok: true });
    socket.send(frame(512 * 1024 + 1));
    expect(await socket.untilClosed()).toMatchObject({ code: 1009 });
  });

  it('of pure noise do no harm to others', async () => {
    using noisy = await RawSocket.open(gateway);
    using other = await RawSocket.connect(gateway);
    for (let length = 0; length < 300; length++) {
      noisy.send(Buffer.from(Array.from({ length }, (_, index) => (index * 31 + length * 17) % 256)));
    }
    noisy.send('['.repeat(200_000));
    noisy.send('{"type":"req","id":1,"method":"health","params":{"__proto__":{"role":"admin"}}}');
    expect(await noisy.answer(1)).toMatchObject({ ok: true, payload: { status: 'ok' } });
    expect(await other.result('health')).toMatchObject({ status: 'ok', version: expect.any(String) });
  });

  it('are answered in order, one response each', async () => {
    using socket = await RawSocket.connect(gateway);
    const ids = Array.from({ length: 300 }, () => socket.begin('agents.list'));
    for (const id of ids) await socket.answer(id);
    const answered = socket.frames.flatMap(({ type, id }) => (type === 'res' ? [id] : []));
    expect(answered.slice(1)).toEqual(ids);
  });
});

import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '#kernel';
import { PermissionError } from '#permissions';
import { ErrorCode, type RequestFrame } from '#protocol';
import { PendingAnswer } from './pending-answer.js';
import { REQUESTS_IN_FLIGHT_MAX, RequestQueue } from './request-queue.js';
import { openSocketPair, type SocketPair } from './socket-pair.fixture.js';

/** Methods that do what their name says, in the hands of the test. */
class Methods {
  readonly begun: string[] = [];
  readonly gates = new Map<string, PromiseWithResolvers<unknown>>();

  async call({ id, method }: RequestFrame): Promise<unknown> {
    this.begun.push(String(id));
    if (method === 'quick') return { id };
    if (method === 'fail') throw new AppError(ErrorCode.NOT_FOUND, 'nothing');
    if (method === 'connect') throw new PermissionError('unauthenticated', 'wrong token');
    if (method === 'circular') return new PendingAnswer(Promise.resolve(1n));
    const gate = Promise.withResolvers<unknown>();
    this.gates.set(String(id), gate);
    return method === 'long' ? new PendingAnswer(gate.promise) : gate.promise;
  }
}

function queueOn(pair: SocketPair): {
  methods: Methods;
  send: (id: number, method: string, chars?: number) => void;
} {
  const methods = new Methods();
  const queue = new RequestQueue(pair.socket, methods);
  return { methods, send: (id, method, chars = 100) => queue.receive({ type: 'req', id, method }, chars) };
}

afterEach(() => void vi.restoreAllMocks());

describe('the requests of one socket', () => {
  it('begin in their order, each after the one before was answered', async () => {
    await using pair = await openSocketPair();
    const { methods, send } = queueOn(pair);
    send(1, 'slow');
    send(2, 'quick');
    await pair.until(() => methods.begun.length === 1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(methods.begun).toEqual(['1']);
    methods.gates.get('1')?.resolve('done');
    await pair.until(() => pair.received.length === 2);
    expect(pair.received.map(({ id }) => id)).toEqual([1, 2]);
  });

  it('stop the reading of the socket when they are large together, until some of them are done', async () => {
    await using pair = await openSocketPair();
    const { methods, send } = queueOn(pair);
    send(1, 'slow', 600_000);
    send(2, 'slow', 600_000);
    expect(pair.socket.isPaused).toBe(false);
    send(3, 'quick', 600_000);
    expect(pair.socket.isPaused).toBe(true);
    methods.gates.get('1')?.resolve('done');
    await pair.until(() => methods.begun.length === 2);
    expect(pair.socket.isPaused).toBe(true);
    methods.gates.get('2')?.resolve('done');
    await pair.until(() => pair.received.length === 3);
    expect(pair.socket.isPaused).toBe(false);
  });

  it('do not wait for one that goes on in the background', async () => {
    await using pair = await openSocketPair();
    const { methods, send } = queueOn(pair);
    send(1, 'long');
    send(2, 'quick');
    await pair.until(() => pair.received.length === 1);
    expect(pair.received).toEqual([{ type: 'res', id: 2, ok: true, payload: { id: 2 } }]);
    methods.gates.get('1')?.resolve('late');
    await pair.until(() => pair.received.length === 2);
    expect(pair.received[1]).toEqual({ type: 'res', id: 1, ok: true, payload: 'late' });
  });

  it('each get exactly one response, whatever happens', async () => {
    await using pair = await openSocketPair();
    vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const { methods, send } = queueOn(pair);
    send(1, 'fail');
    send(2, 'long');
    send(3, 'circular');
    send(4, 'quick');
    await pair.until(() => methods.gates.has('2'));
    methods.gates.get('2')?.reject(new AppError(ErrorCode.UNAVAILABLE, 'gone'));
    await pair.until(() => pair.received.length === 4);
    const byId = Object.fromEntries(pair.received.map((frame) => [String(frame['id']), frame]));
    expect(byId['1']).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
    expect(byId['2']).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE', retryable: true } });
    expect(byId['3']).toMatchObject({ ok: false, error: { code: 'INTERNAL' } });
    expect(byId['4']).toMatchObject({ ok: true });
  });

  it('are refused with RESOURCE_EXHAUSTED when too many are unanswered, and taken again afterwards', async () => {
    await using pair = await openSocketPair();
    const { methods, send } = queueOn(pair);
    for (let id = 1; id <= REQUESTS_IN_FLIGHT_MAX; id++) send(id, 'long');
    send(0, 'quick');
    await pair.until(() => pair.received.length === 1);
    expect(pair.received[0]).toMatchObject({
      id: 0,
      ok: false,
      error: { code: 'RESOURCE_EXHAUSTED', retryable: true },
    });
    await pair.until(() => methods.gates.has('1'));
    methods.gates.get('1')?.resolve({});
    await pair.until(() => pair.received.length === 2);
    send(-1, 'quick');
    await pair.until(() => pair.received.some(({ id, ok }) => id === -1 && ok === true));
    expect(pair.socket.isOpen).toBe(true);
  });

  it('stop the reading of a socket that sends faster than it is answered', async () => {
    await using pair = await openSocketPair();
    const { methods, send } = queueOn(pair);
    for (let id = 1; id <= 200; id++) send(id, id === 1 ? 'slow' : 'quick');
    expect(pair.socket.isPaused).toBe(true);
    await pair.until(() => methods.gates.has('1'));
    methods.gates.get('1')?.resolve({});
    await pair.until(() => pair.received.length === 200);
    expect(pair.socket.isPaused).toBe(false);
  });

  it('close the socket with 1008 after a connect that was unauthorised', async () => {
    await using pair = await openSocketPair();
    const { send } = queueOn(pair);
    send(1, 'connect');
    await pair.until(() => pair.closeCode !== undefined);
    expect(pair.closeCode).toBe(1008);
    expect(pair.received).toMatchObject([
      { id: 1, ok: false, error: { code: 'UNAUTHORIZED', details: { reason: 'unauthenticated' } } },
    ]);
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { ClientOptions } from './client-options.js';
import { GoClawClient } from './go-claw-client.js';
import { RpcError } from './rpc-error.js';
import { ScriptedGateway } from './scripted-gateway.fixture.js';

const clients: GoClawClient[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

function clientOf({ url }: ScriptedGateway, options: Partial<ClientOptions> = {}): GoClawClient {
  const client = new GoClawClient({ url, token: 't', reconnectMinMs: 1, reconnectMaxMs: 4, ...options });
  clients.push(client);
  return client;
}

const errorOf = (promise: Promise<unknown>): Promise<RpcError> =>
  promise.then(
    () => Promise.reject(new Error('Nothing was refused.')),
    (error: unknown) => {
      if (error instanceof RpcError) return error;
      throw error;
    },
  );

describe('the client', () => {
  it('connects with its credentials and calls methods', async () => {
    await using gateway = await ScriptedGateway.start();
    let params: unknown;
    const { welcome } = gateway;
    gateway.welcome = (request) => {
      params = request.frame.params;
      welcome(request);
    };
    const client = clientOf(gateway, { userId: 'ann' });
    await expect(client.connect()).resolves.toMatchObject({ protocol: 3, role: 'admin' });
    expect(params).toMatchObject({ token: 't', user_id: 'ann' });
    const answer = client.call('sessions.list', { limit: 5 });
    const request = await gateway.next('sessions.list');
    expect(request.frame.params).toEqual({ limit: 5 });
    request.respond({ sessions: [] });
    await expect(answer).resolves.toEqual({ sessions: [] });
  });

  it('works with a WebSocket class that it is given', async () => {
    await using gateway = await ScriptedGateway.start();
    const client = clientOf(gateway, { WebSocket });
    const answer = client.call('health');
    (await gateway.next('health')).respond({ status: 'ok' });
    await expect(answer).resolves.toEqual({ status: 'ok' });
  });

  it('hands errors on with everything that they say', async () => {
    await using gateway = await ScriptedGateway.start();
    const answer = errorOf(clientOf(gateway).call('status'));
    (await gateway.next('status')).refuse({
      code: 'RESOURCE_EXHAUSTED',
      message: 'wait',
      details: { a: 1 },
      retryable: true,
      retryAfterMs: 50,
    });
    expect(await answer).toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      message: 'wait',
      details: { a: 1 },
      retryable: true,
      retryAfterMs: 50,
      connectionLost: false,
    });
  });

  it('rejects a refused connect and does not try again', async () => {
    await using gateway = await ScriptedGateway.start();
    gateway.welcome = (request) => {
      request.refuse({ code: 'UNAUTHORIZED', message: 'wrong token' });
      request.drop(1008, 'unauthorized');
    };
    const client = clientOf(gateway);
    expect(await errorOf(client.connect())).toMatchObject({ code: 'UNAUTHORIZED', message: 'wrong token' });
    expect(gateway.connections).toBe(1);
  });

  it('says that a gateway cannot be reached', async () => {
    const gone = await ScriptedGateway.start();
    const { url } = gone;
    await gone[Symbol.asyncDispose]();
    const client = new GoClawClient({ url });
    expect(await errorOf(client.connect())).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    expect(await errorOf(client.chat({ message: 'hi' }).done)).toMatchObject({ code: 'UNAVAILABLE' });
    client.close();
  });

  it('gives up a call at its limit, or when its signal says so', async () => {
    await using gateway = await ScriptedGateway.start();
    const client = clientOf(gateway);
    await client.connect();
    expect(await errorOf(client.call('health', undefined, { timeoutMs: 20 }))).toMatchObject({
      code: 'AGENT_TIMEOUT',
      retryable: true,
    });
    const stop = new AbortController();
    const answer = client.call('health', undefined, { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(answer).rejects.toThrow('enough');
  });

  it('refuses what the gateway would not read, instead of losing the connection over it', async () => {
    await using gateway = await ScriptedGateway.start();
    const run = clientOf(gateway).chat({ message: 'ü'.repeat(300_000) });
    expect(await errorOf(run.done)).toMatchObject({ code: 'INVALID_REQUEST' });
    expect(gateway.connections).toBe(1);
  });

  it('rejects open calls when the connection is lost, and makes a new one', async () => {
    await using gateway = await ScriptedGateway.start();
    const client = clientOf(gateway);
    const heard: string[] = [];
    client.on('disconnected', ({ code, willReconnect }) => heard.push(`lost ${code} ${willReconnect}`));
    client.on('connected', () => heard.push('connected'));
    const answer = errorOf(client.call('status'));
    (await gateway.next('status')).drop(1001);
    expect(await answer).toMatchObject({ code: 'UNAVAILABLE', retryable: true, connectionLost: true });
    const second = client.call('health');
    (await gateway.next('health')).respond({ status: 'ok' });
    await expect(second).resolves.toEqual({ status: 'ok' });
    expect(heard).toEqual(['connected', 'lost 1001 true', 'connected']);
  });

  it('ends for good when the gateway closes with 1008', async () => {
    await using gateway = await ScriptedGateway.start();
    const client = clientOf(gateway);
    const closed = new Promise<RpcError>((resolve) => client.on('closed', resolve));
    const answer = errorOf(client.call('health'));
    (await gateway.next('health')).drop(1008, 'revoked');
    expect(await answer).toMatchObject({ connectionLost: true });
    expect(await closed).toMatchObject({ code: 'UNAUTHORIZED', message: expect.stringContaining('revoked') });
    expect(await errorOf(client.call('health'))).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(gateway.connections).toBe(1);
  });

  it('stays lost when it is told not to reconnect', async () => {
    await using gateway = await ScriptedGateway.start();
    const client = clientOf(gateway, { reconnect: false });
    const run = client.chat({ message: 'hi' });
    (await gateway.next('chat.send')).drop();
    expect(await errorOf(run.done)).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    expect(gateway.connections).toBe(1);
  });

  it('questions a silent connection, and leaves one that does not answer', async () => {
    await using gateway = await ScriptedGateway.start();
    const client = clientOf(gateway, { heartbeatMs: 10 });
    await client.connect();
    (await gateway.next('health')).refuse({ code: 'INTERNAL', message: 'not well' });
    (await gateway.next('health')).respond({ status: 'ok' });
    expect(gateway.connections).toBe(2);
  });

  it('leaves a peer that does not speak the protocol', async () => {
    await using gateway = await ScriptedGateway.start();
    const client = clientOf(gateway);
    const answer = errorOf(client.call('health'));
    (await gateway.next('health')).send('hello');
    expect(await answer).toMatchObject({ connectionLost: true });
  });

  it('tells the gateway’s events to whoever listens, until they stop', async () => {
    await using gateway = await ScriptedGateway.start();
    const client = clientOf(gateway);
    const heard: unknown[] = [];
    const stop = client.on('health', (health) => heard.push(health));
    client.on('shutdown', () => heard.push('shutdown'));
    const answer = client.call('status');
    const request = await gateway.next('status');
    request.send({ type: 'event', event: 'health', payload: { status: 'degraded' }, seq: 1 });
    request.send({ type: 'event', event: 'shutdown', seq: 2 });
    request.respond({});
    await answer;
    stop();
    const next = client.call('status');
    const second = await gateway.next('status');
    second.send({ type: 'event', event: 'health', payload: { status: 'ok' }, seq: 3 });
    second.respond({});
    await next;
    expect(heard).toEqual([{ status: 'degraded' }, 'shutdown']);
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import type { ChatResult } from '#protocol';
import type { ChatUpdate } from './chat-update.js';
import { GoClawClient } from './go-claw-client.js';
import { RpcError } from './rpc-error.js';
import { RUN_ID, ScriptedGateway } from './scripted-gateway.fixture.js';

const USAGE = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
const clients: GoClawClient[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

function clientOf({ url }: ScriptedGateway): GoClawClient {
  const client = new GoClawClient({ url, token: 't', reconnectMinMs: 1, reconnectMaxMs: 4 });
  clients.push(client);
  return client;
}

function resultOf(content: string, status: ChatResult['status'] = 'completed'): ChatResult {
  return { runId: RUN_ID, sessionKey: 's', status, content, usage: USAGE };
}

async function collect(updates: AsyncIterable<ChatUpdate>): Promise<ChatUpdate[]> {
  const all: ChatUpdate[] = [];
  for await (const update of updates) all.push(update);
  return all;
}

const errorOf = (promise: Promise<unknown>): Promise<RpcError> =>
  promise.then(
    () => Promise.reject(new Error('Nothing was refused.')),
    (error: unknown) => {
      if (error instanceof RpcError) return error;
      throw error;
    },
  );

describe('a run', () => {
  it('streams text, thinking and tool calls, then its result', async () => {
    await using gateway = await ScriptedGateway.start();
    const seen: ChatUpdate[] = [];
    const run = clientOf(gateway).chat({ message: 'hi' }, { onUpdate: (update) => seen.push(update) });
    const updates = collect(run.events);
    const request = await gateway.next('chat.send');
    expect(request.frame.params).toMatchObject({
      message: 'hi',
      stream: true,
      idempotencyKey: expect.stringMatching(/./),
    });
    request.accept();
    request.event(1, 1, 'run.started');
    request.event(1, 2, 'thinking', { content: 'hm' });
    request.event(1, 3, 'chunk', { content: 'Let me ' });
    request.event(1, 4, 'tool.call', { id: 'c1', name: 'glob' });
    request.event(1, 5, 'tool.result', { id: 'c1', name: 'glob', is_error: false });
    request.event(1, 6, 'chunk', { content: 'see.' });
    request.event(1, 7, 'message', { content: 'Let me see.' });
    request.event(1, 8, 'run.completed', { status: 'completed' });
    request.respond(resultOf('Let me see.'));
    expect(await run.done).toMatchObject({ content: 'Let me see.', usage: USAGE });
    expect(run).toMatchObject({ runId: RUN_ID, text: 'Let me see.' });
    expect(await updates).toEqual([
      { type: 'accepted', runId: RUN_ID, sessionKey: 'agent:default:ws:direct:local' },
      { type: 'started' },
      { type: 'thinking', text: 'hm' },
      { type: 'text', text: 'Let me ' },
      { type: 'tool-call', id: 'c1', name: 'glob' },
      { type: 'tool-result', id: 'c1', name: 'glob', isError: false },
      { type: 'text', text: 'see.' },
      { type: 'message', content: 'Let me see.' },
    ]);
    expect(seen).toEqual(await updates);
  });

  it('that was accepted is resumed behind its last event when the connection is lost', async () => {
    await using gateway = await ScriptedGateway.start();
    const run = clientOf(gateway).chat({ message: 'hi' });
    const request = await gateway.next('chat.send');
    request.accept();
    request.event(1, 1, 'run.started');
    request.event(1, 2, 'chunk', { content: 'Hel' });
    request.drop();
    const resume = await gateway.next('chat.resume');
    expect(resume.frame.params).toEqual({ runId: RUN_ID, after: { attempt: 1, seq: 2 } });
    resume.event(1, 3, 'chunk', { content: 'lo' });
    resume.event(1, 4, 'run.completed', { status: 'completed' });
    resume.respond(resultOf('Hello'));
    expect(await run.done).toMatchObject({ content: 'Hello' });
    expect(run.text).toBe('Hello');
  });

  it('that may not have been accepted is sent again under the same key', async () => {
    await using gateway = await ScriptedGateway.start();
    const run = clientOf(gateway).chat({ message: 'hi' });
    const first = await gateway.next('chat.send');
    first.drop(1013, 'reads too slowly');
    const second = await gateway.next('chat.send');
    expect(second.frame.params).toEqual(first.frame.params);
    second.accept();
    // It had been accepted, and has gone on: the beginning of its log was missed.
    second.event(1, 5, 'chunk', { content: 'lo' });
    const resume = await gateway.next('chat.resume');
    expect(resume.frame.params).toEqual({ runId: RUN_ID, after: { attempt: 0, seq: 0 } });
    resume.event(1, 1, 'run.started');
    resume.event(1, 2, 'chunk', { content: 'H' });
    resume.event(1, 3, 'chunk', { content: 'e' });
    resume.event(1, 4, 'chunk', { content: 'l' });
    resume.event(1, 5, 'chunk', { content: 'lo' });
    resume.event(1, 6, 'run.completed', { status: 'completed' });
    second.respond(resultOf('Hello'));
    resume.respond(resultOf('Hello'));
    expect(await run.done).toMatchObject({ content: 'Hello' });
    expect(run.text).toBe('Hello');
  });

  it('that ended while nobody watched still has its whole text', async () => {
    await using gateway = await ScriptedGateway.start();
    const run = clientOf(gateway).chat({ message: 'hi' });
    (await gateway.next('chat.send')).drop();
    const second = await gateway.next('chat.send');
    second.accept();
    second.respond(resultOf('Hello'));
    const resume = await gateway.next('chat.resume');
    resume.event(1, 1, 'run.started');
    resume.event(1, 2, 'chunk', { content: 'Hello' });
    resume.event(1, 3, 'run.completed', { status: 'completed' });
    resume.respond(resultOf('Hello'));
    await run.done;
    expect(run.text).toBe('Hello');
  });

  it('keeps its answer when its log is gone', async () => {
    await using gateway = await ScriptedGateway.start();
    const run = clientOf(gateway).chat({ message: 'hi' });
    const request = await gateway.next('chat.send');
    request.accept();
    request.respond(resultOf('Hello'));
    (await gateway.next('chat.resume')).refuse({ code: 'NOT_FOUND', message: 'run not found' });
    expect(await run.done).toMatchObject({ content: 'Hello' });
  });

  it('takes back text that became void, and ends with the right one', async () => {
    await using gateway = await ScriptedGateway.start();
    const run = clientOf(gateway).chat({ message: 'hi' });
    const updates = collect(run.events);
    const request = await gateway.next('chat.send');
    request.accept();
    request.event(1, 1, 'run.started');
    request.event(1, 2, 'chunk', { content: 'Good ' });
    request.event(1, 3, 'chunk', { content: 'nigh' });
    request.drop();
    const resume = await gateway.next('chat.resume');
    resume.event(2, 1, 'run.resumed', { discardAfter: { attempt: 1, seq: 2 } });
    resume.event(2, 2, 'chunk', { content: 'day' });
    resume.event(2, 3, 'run.completed', { status: 'completed' });
    resume.respond(resultOf('Good day'));
    await run.done;
    expect(run.text).toBe('Good day');
    expect(await updates).toContainEqual({ type: 'retracted', text: 'Good ' });
  });

  it('sees each event once, however often it comes', async () => {
    await using gateway = await ScriptedGateway.start();
    const run = clientOf(gateway).chat({ message: 'hi' });
    const request = await gateway.next('chat.send');
    request.accept();
    for (let round = 0; round < 2; round++) {
      request.event(1, 1, 'run.started');
      request.event(1, 2, 'chunk', { content: 'Hello' });
    }
    request.event(1, 3, 'run.completed', { status: 'completed' });
    request.respond(resultOf('Hello'));
    await run.done;
    expect(run.text).toBe('Hello');
  });

  it('that failed rejects with the gateway’s error, for its readers too', async () => {
    await using gateway = await ScriptedGateway.start();
    const run = clientOf(gateway).chat({ message: 'hi' });
    const updates = collect(run.events);
    const request = await gateway.next('chat.send');
    request.accept();
    request.event(1, 1, 'run.failed', { error: 'no', code: 'UNAVAILABLE' });
    request.refuse({ code: 'UNAVAILABLE', message: 'no', retryable: true });
    expect(await errorOf(run.done)).toMatchObject({ code: 'UNAVAILABLE', message: 'no' });
    await expect(updates).rejects.toThrow('no');
  });

  it('is asked for again when the gateway stops under it', async () => {
    await using gateway = await ScriptedGateway.start();
    const run = clientOf(gateway).chat({ message: 'hi' });
    const request = await gateway.next('chat.send');
    request.accept();
    request.event(1, 1, 'run.started');
    request.refuse({
      code: 'UNAVAILABLE',
      message: 'The gateway is shutting down. Ask again shortly.',
      retryable: true,
    });
    const resume = await gateway.next('chat.resume');
    resume.event(2, 1, 'run.completed', { status: 'completed' });
    resume.respond(resultOf(''));
    expect(await run.done).toMatchObject({ status: 'completed' });
  });

  it('is not begun again when it was refused before it was accepted', async () => {
    await using gateway = await ScriptedGateway.start();
    const run = clientOf(gateway).chat({ message: 'hi' });
    (await gateway.next('chat.send')).refuse({
      code: 'UNAVAILABLE',
      message: 'no database',
      retryable: true,
    });
    expect(await errorOf(run.done)).toMatchObject({ message: 'no database' });
  });

  it('is sent again, under its key, when it was refused by a gateway that has said that it stops', async () => {
    await using gateway = await ScriptedGateway.start();
    const run = clientOf(gateway).chat({ message: 'hi' });
    const request = await gateway.next('chat.send');
    request.send({ type: 'event', event: 'shutdown', seq: 1 });
    request.refuse({ code: 'UNAVAILABLE', message: 'shutting down', retryable: true });
    const again = await gateway.next('chat.send');
    expect(again.frame.params).toEqual(request.frame.params);
    again.drop();
    const elsewhere = await gateway.next('chat.send');
    elsewhere.refuse({ code: 'UNAVAILABLE', message: 'no database', retryable: true });
    expect(await errorOf(run.done)).toMatchObject({ message: 'no database' });
  });

  it('is aborted by its handle or its signal, and ends with what there is', async () => {
    await using gateway = await ScriptedGateway.start();
    const stop = new AbortController();
    const run = clientOf(gateway).chat({ message: 'hi' }, { signal: stop.signal });
    const request = await gateway.next('chat.send');
    stop.abort();
    request.accept();
    const abort = await gateway.next('chat.abort');
    expect(abort.frame.params).toEqual({ runId: RUN_ID });
    abort.respond({ ok: true, aborted: true, runIds: [RUN_ID] });
    request.event(1, 1, 'run.completed', { status: 'aborted' });
    request.respond(resultOf('partial', 'aborted'));
    expect(await run.done).toMatchObject({ status: 'aborted', content: 'partial' });
    await expect(run.abort()).resolves.toBeUndefined();
  });

  it('can be taken up by its id alone', async () => {
    await using gateway = await ScriptedGateway.start();
    const run = clientOf(gateway).resume({ runId: RUN_ID, after: { attempt: 1, seq: 3 } });
    const resume = await gateway.next('chat.resume');
    expect(resume.frame.params).toEqual({ runId: RUN_ID, after: { attempt: 1, seq: 3 } });
    resume.event(1, 4, 'chunk', { content: 'rest' });
    resume.event(1, 5, 'run.completed', { status: 'completed' });
    resume.respond(resultOf('the rest'));
    await run.done;
    expect(run.text).toBe('rest');
  });

  it('ends when the client is closed', async () => {
    await using gateway = await ScriptedGateway.start();
    const client = clientOf(gateway);
    const run = client.chat({ message: 'hi' });
    await gateway.next('chat.send');
    client.close();
    expect(await errorOf(run.done)).toMatchObject({ message: 'The client was closed.' });
  });

  it('has its full ordered text although its connection is lost again and again', async () => {
    await using gateway = await ScriptedGateway.start();
    const run = clientOf(gateway).chat({ message: 'hi' });
    const texts = Array.from({ length: 60 }, (_, index) => `${index} `);
    let request = await gateway.next('chat.send');
    request.accept();
    for (let sent = 0; sent < texts.length;) {
      // Ten events, then the connection breaks, with some of them perhaps still on their way.
      for (const text of texts.slice(sent, sent + 10)) request.event(1, ++sent, 'chunk', { content: text });
      request.drop();
      request = await gateway.next('chat.resume');
      const { after } = request.frame.params as { after: { seq: number } };
      sent = after.seq;
    }
    request.event(1, texts.length + 1, 'run.completed', { status: 'completed' });
    request.respond(resultOf(texts.join('')));
    await run.done;
    expect(run.text).toBe(texts.join(''));
  });
});

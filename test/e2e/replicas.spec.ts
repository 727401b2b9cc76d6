import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { GoClawClient } from '#client';
import type { ChatResult } from '#protocol';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { createTestDatabase, describeWithPostgres } from '../support/postgres/index.js';
import { RawSocket } from '../support/raw-socket.js';

describeWithPostgres('two replicas', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let llm: ScriptedLlm;
  let here: RunningGateway;
  let there: RunningGateway;
  let sessions = 0;
  let sessionKey: string;
  const opened: Disposable[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    llm = await ScriptedLlm.start();
    // At the same time, on an empty database.
    [here, there] = await Promise.all([
      startGateway({ llm, dsn: database.dsn }),
      startGateway({ llm, dsn: database.dsn }),
    ]);
    await untilPeers();
  });
  afterAll(async () => {
    for (const socket of opened) socket[Symbol.dispose]();
    await Promise.all([here, there].map((gateway) => gateway[Symbol.asyncDispose]()));
    await llm[Symbol.asyncDispose]();
    await database.drop();
  });
  beforeEach(() => {
    sessionKey = `agent:default:ws:test:${++sessions}`;
  });

  /** Each knows of the other. */
  async function untilPeers(): Promise<void> {
    for (const gateway of [here, there]) {
      using socket = await RawSocket.connect(gateway, 'probe');
      const health = () => socket.result('health');
      for (;;) if (Number((await health())['replicas']) === 2) break;
    }
  }

  async function on(gateway: RunningGateway, userId = 'ann'): Promise<RawSocket> {
    const socket = await RawSocket.connect(gateway, userId);
    opened.push(socket);
    return socket;
  }

  const say = (socket: RawSocket, message: string, more: object = {}) =>
    socket.begin('chat.send', { message, sessionKey, stream: true, ...more });

  const runIdOf = async (socket: RawSocket): Promise<string> => {
    await socket.until(() => socket.events.some(({ type }) => type === 'run.started'), 'the run');
    return socket.events.find(({ type }) => type === 'run.started')?.runId ?? '';
  };

  it('let a user hear on one what happens on the other, in order, and nobody else', async () => {
    const [asking, listening, stranger] = [await on(here), await on(there), await on(there, 'bob')];
    const gate = llm.gate();
    const id = say(asking, 'Tell me.');
    await gate.reached;
    for (const word of ['One', ' two', ' three']) {
      gate.send(word);
      await listening.until(() => listening.text.endsWith(word), word);
    }
    gate.release();
    await asking.answer(id);
    await listening.until(() => listening.events.at(-1)?.type === 'run.completed', 'the end');
    const seen = (socket: RawSocket) =>
      socket.events.filter(({ type }) => type !== 'run.accepted').map(({ type, seq }) => `${seq} ${type}`);
    expect(seen(listening)).toEqual(seen(asking));
    expect(stranger.events).toEqual([]);
  });

  it('keep one order of a session’s messages, wherever they come in', async () => {
    const sockets = [await on(here), await on(there)];
    const gate = llm.gate();
    const words = ['one', 'two', 'three', 'four', 'five', 'six'];
    const ids = [];
    for (const [index, word] of words.entries()) {
      const socket = sockets[index % 2] as RawSocket;
      if (index > 0) llm.reply(`answer to ${word}`);
      ids.push(say(socket, word));
      await socket.until(
        () =>
          socket.events.filter(({ type }) => type === 'run.accepted').length === Math.floor(index / 2) + 1,
        'acceptance',
      );
    }
    await gate.reached;
    gate.release('answer to one');
    for (const [index, id] of ids.entries()) {
      const { payload } = await (sockets[index % 2] as RawSocket).answer(id);
      expect(payload).toMatchObject({ status: 'completed', content: `answer to ${words[index]}` });
    }
    const { messages } = await (sockets[0] as RawSocket).result('chat.history', { sessionKey });
    expect((messages as { content: string }[]).map(({ content }) => content)).toEqual(
      words.flatMap((word) => [word, `answer to ${word}`]),
    );
  });

  it('stop a run of the other one, going or waiting', async () => {
    const [asking, other] = [await on(here), await on(there)];
    const gate = llm.gate();
    const [going, waiting] = [say(asking, 'one'), say(asking, 'two')];
    await gate.reached;
    gate.send('Once upon');
    await asking.until(() => asking.text !== '', 'some text');
    await asking.until(
      () => asking.events.filter(({ type }) => type === 'run.accepted').length === 2,
      'both',
    );
    const { runIds } = await other.result('chat.abort', { sessionKey });
    expect(runIds).toHaveLength(2);
    expect((await asking.answer(going)).payload).toMatchObject({ status: 'aborted', content: 'Once upon' });
    expect((await asking.answer(waiting)).payload).toMatchObject({ status: 'aborted', content: '' });
    await llm.untilAborted();
  });

  it('answer a repeated message with the run that the other one executes', async () => {
    const [asking, repeating] = [await on(here), await on(there)];
    const gate = llm.gate();
    const key = { idempotencyKey: 'the-same' };
    const first = say(asking, 'Once?', key);
    await gate.reached;
    const second = say(repeating, 'Once?', key);
    await repeating.until(() => repeating.events.some(({ type }) => type === 'run.accepted'), 'the run');
    gate.release('Once.');
    const answers = [await asking.answer(first), await repeating.answer(second)];
    expect(answers[1]?.payload).toEqual(answers[0]?.payload);
    expect(answers[0]?.payload).toMatchObject({ content: 'Once.' });
  });

  it('read on the log of a run that the other one executes, from any position', async () => {
    const asking = await on(here);
    const gate = llm.gate();
    say(asking, 'Count.');
    await gate.reached;
    gate.send('1 ');
    const runId = await runIdOf(asking);
    const client = new GoClawClient({ url: there.url, token: there.token, userId: 'ann' });
    opened.push({ [Symbol.dispose]: () => client.close() });
    const run = client.resume({ runId });
    for (const word of ['2 ', '3 ', '4']) gate.send(word);
    await asking.until(() => asking.text === '1 2 3 4', 'the text');
    gate.release();
    expect(await run.done).toMatchObject({ content: '1 2 3 4' });
    expect(run.text).toBe('1 2 3 4');
  });

  it('give a background response to whoever asks either', async () => {
    const gate = llm.gate();
    const made = await fetch(`${here.url}/v1/responses`, {
      method: 'POST',
      headers: { ...here.headers('ann'), 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'goclaw:default', input: 'Think.', background: true }),
    });
    const { id } = (await made.json()) as { id: string };
    await gate.reached;
    gate.send('Thought');
    const read = fetch(`${there.url}/v1/responses/${id}?stream=true`, { headers: there.headers('ann') });
    gate.release(' through.');
    const text = await (await read).text();
    expect(text).toContain('response.completed');
    expect(text).toContain('Thought through.');
    const stranger = await fetch(`${there.url}/v1/responses/${id}`, { headers: there.headers('bob') });
    expect(stranger.status).toBe(404);
  });

  it('change a conversation between the runs of the other one, never within', async () => {
    const [asking, other] = [await on(here), await on(there)];
    const gate = llm.gate();
    const id = say(asking, 'Remember me.');
    await gate.reached;
    const injecting = other.begin('chat.inject', { sessionKey, message: 'by hand' });
    gate.release('I do.');
    await asking.answer(id);
    await other.answer(injecting);
    const history = async () =>
      ((await asking.result('chat.history', { sessionKey }))['messages'] as { content: string }[]).map(
        ({ content }) => content,
      );
    expect(await history()).toEqual(['Remember me.', 'I do.', 'by hand']);
    await other.result('sessions.reset', { key: sessionKey });
    llm.reply('Who?');
    const { payload } = await asking.answer(say(asking, 'Who am I?'));
    expect((payload as ChatResult).content).toBe('Who?');
    expect(JSON.stringify(llm.requests.at(-1)?.messages)).not.toContain('Remember me.');
  });
});

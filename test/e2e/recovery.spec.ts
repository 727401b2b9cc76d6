import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GoClawClient } from '#client';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { copyEmbeddedDatabase } from '../support/gateway/embedded-template.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { createTestDatabase, describeWithPostgres } from '../support/postgres/index.js';

const SESSION = 'agent:default:ws:test:recovery';

interface Place {
  readonly dsn?: string;
  readonly dataDir: string;
  remove(): Promise<void>;
}

async function onEmbedded(): Promise<Place> {
  const dataDir = mkdtempSync(join(tmpdir(), 'goclaw-recovery-'));
  copyEmbeddedDatabase(dataDir);
  return { dataDir, remove: async () => rmSync(dataDir, { recursive: true, force: true }) };
}

async function onPostgres(): Promise<Place> {
  const dataDir = mkdtempSync(join(tmpdir(), 'goclaw-recovery-'));
  const { dsn, drop } = await createTestDatabase();
  const remove = async (): Promise<void> => {
    rmSync(dataDir, { recursive: true, force: true });
    await drop();
  };
  return { dsn, dataDir, remove };
}

function afterAKill(make: () => Promise<Place>): void {
  let place: Place;
  let llm: ScriptedLlm;
  let gateway: RunningGateway;
  const clients: GoClawClient[] = [];

  beforeEach(async () => {
    place = await make();
    llm = await ScriptedLlm.start();
    gateway = await start();
  });
  afterEach(async () => {
    for (const opened of clients.splice(0)) opened.close();
    await gateway[Symbol.asyncDispose]();
    await llm[Symbol.asyncDispose]();
    await place.remove();
  });

  function start(): Promise<RunningGateway> {
    return startGateway({ llm, ...place });
  }

  async function killAndStart(): Promise<void> {
    await gateway.kill();
    gateway = await start();
  }

  /** A client that does not come back by itself: the gateway has another port afterwards. */
  function client(): GoClawClient {
    const { url, token } = gateway;
    const made = new GoClawClient({ url, token, userId: 'ann', reconnect: false });
    clients.push(made);
    return made;
  }

  async function transcript(): Promise<string[]> {
    const { messages } = await client().call('chat.history', { sessionKey: SESSION });
    return messages.map(({ role, content }) => `${role}: ${content}`);
  }

  it('in mid-answer, the answer begins anew, is whole, and stands once in the conversation', async () => {
    const gate = llm.gate();
    const broken = client().chat({ message: 'Count.', sessionKey: SESSION });
    await gate.reached;
    gate.send('One, two');
    await expect.poll(() => broken.text).toBe('One, two');
    const { runId = '' } = broken;
    llm.reply('One, two, three.');
    await killAndStart();
    const run = client().resume({ runId });
    expect(await run.done).toMatchObject({ status: 'completed', content: 'One, two, three.' });
    expect(run.text).toBe('One, two, three.');
    expect(await transcript()).toEqual(['user: Count.', 'assistant: One, two, three.']);
    llm.reply('Four.');
    const next = client().chat({ message: 'And then?', sessionKey: SESSION });
    expect(await next.done).toMatchObject({ content: 'Four.' });
  });

  it('behind a tool call, that is not made again, and messages that waited follow', async () => {
    const [asking, answering] = [llm.gate(), llm.gate()];
    const first = client().chat({ message: 'Write.', sessionKey: SESSION });
    await asking.reached;
    asking.release({ toolCalls: [{ name: 'write_file', arguments: { path: 'note.txt', content: 'x' } }] });
    await answering.reached;
    const second = client().chat({ message: 'Thanks.', sessionKey: SESSION });
    await expect.poll(() => second.runId).toBeDefined();
    const ids = [first.runId ?? '', second.runId ?? ''];
    llm.reply('Done.');
    llm.reply('You are welcome.');
    await killAndStart();
    const ends = await Promise.all(ids.map((runId) => client().resume({ runId }).done));
    expect(ends.map(({ content }) => content)).toEqual(['Done.', 'You are welcome.']);
    const roles = (await transcript()).map((line) => line.split(':')[0]);
    expect(roles).toEqual(['user', 'assistant', 'tool', 'assistant', 'user', 'assistant']);
  });

  it('three times in a row, the run is given up with the reason, and the conversation goes on', async () => {
    let gate = llm.gate();
    const broken = client().chat({ message: 'Poison.', sessionKey: SESSION });
    await gate.reached;
    await expect.poll(() => broken.runId).toBeDefined();
    for (let kill = 1; kill < 3; kill++) {
      gate = llm.gate();
      await killAndStart();
      await gate.reached;
    }
    await killAndStart();
    const end = client().resume({ runId: broken.runId ?? '' }).done;
    await expect(end).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('3 times'),
    });
    llm.reply('Still here.');
    const next = client().chat({ message: 'Hello?', sessionKey: SESSION });
    expect(await next.done).toMatchObject({ content: 'Still here.' });
  });

  it('an HTTP request goes on under its key, and one without fails once, not for ever', async () => {
    const ask = (key: Record<string, string>, text: string) =>
      fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { ...gateway.headers('ann'), 'content-type': 'application/json', ...key },
        body: JSON.stringify({ messages: [{ role: 'user', content: text }] }),
      });
    const gates = [llm.gate(), llm.gate()];
    const key = { 'idempotency-key': 'once' };
    const cut = [ask(key, 'keyed'), ask({}, 'plain')].map((answer) => answer.catch(() => undefined));
    await Promise.all(gates.map(({ reached }) => reached));
    llm.reply('kept');
    await killAndStart();
    await Promise.all(cut);
    const again = (await (await ask(key, 'keyed')).json()) as { choices: { message: { content: string } }[] };
    expect(again.choices[0]?.message.content).toBe('kept');
    llm.reply('anew');
    const plain = (await (await ask({}, 'plain')).json()) as typeof again;
    expect(plain.choices[0]?.message.content).toBe('anew');
  });
}

describe('after kill -9, on the embedded database', () => afterAKill(onEmbedded));
describeWithPostgres('after kill -9, on PostgreSQL', () => afterAKill(onPostgres));

describeWithPostgres('of two replicas the one that is left', () => {
  it('goes on with what the killed one was doing, and its clients read on there', async () => {
    const { dsn, drop } = await createTestDatabase();
    const llm = await ScriptedLlm.start();
    const [doomed, kept] = await Promise.all([startGateway({ llm, dsn }), startGateway({ llm, dsn })]);
    const listener = new GoClawClient({ url: kept.url, token: kept.token, userId: 'ann' });
    const asking = new GoClawClient({
      url: doomed.url,
      token: doomed.token,
      userId: 'ann',
      reconnect: false,
    });
    try {
      await expect.poll(async () => (await listener.call('health')).replicas).toBe(2);
      const gate = llm.gate();
      const broken = asking.chat({ message: 'Count.', sessionKey: SESSION });
      await gate.reached;
      gate.send('One');
      await expect.poll(() => broken.text).toBe('One');
      const run = listener.resume({ runId: broken.runId ?? '' });
      await expect.poll(() => run.text).toBe('One');
      llm.reply('One, two.');
      await doomed.kill();
      expect(await run.done).toMatchObject({ content: 'One, two.' });
      expect(run.text).toBe('One, two.');
    } finally {
      for (const client of [listener, asking]) client.close();
      await Promise.all([doomed, kept].map((gateway) => gateway[Symbol.asyncDispose]()));
      await llm[Symbol.asyncDispose]();
      await drop();
    }
  });
});

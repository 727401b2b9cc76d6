import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GoClawClient } from '#client';
import {
  type GatewayOptions,
  HANGING_TOOL_GATEWAY,
  type RunningGateway,
  startGateway,
} from '../support/gateway/index.js';
import { copyEmbeddedDatabase } from '../support/gateway/embedded-template.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { createTestDatabase, describeWithPostgres } from '../support/postgres/index.js';
import { RawSocket } from '../support/raw-socket.js';

const SESSION = 'agent:default:ws:test:shutdown';
/** Whatever a run does, the gateway has gone this long after its grace. */
const OVERHEAD_MAX_MS = 12_000;
const INTERRUPTED_AT_ONCE = 130;

const grace = (seconds: number): GatewayOptions => ({
  env: { GOCLAW_SHUTDOWN_GRACE_SEC: String(seconds) },
});

describe('a gateway that is told to end', () => {
  let llm: ScriptedLlm;
  let dataDir: string;
  let gateway: RunningGateway;
  const opened: Disposable[] = [];

  beforeEach(async () => {
    llm = await ScriptedLlm.start();
    dataDir = mkdtempSync(join(tmpdir(), 'goclaw-shutdown-'));
    copyEmbeddedDatabase(dataDir);
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) one[Symbol.dispose]();
    await gateway[Symbol.asyncDispose]();
    await llm[Symbol.asyncDispose]();
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function start(options: GatewayOptions): Promise<void> {
    gateway = await startGateway({ llm, dataDir, ...options });
  }

  async function socket(): Promise<RawSocket> {
    const made = await RawSocket.connect(gateway);
    opened.push(made);
    return made;
  }

  const status = async (path: string): Promise<number> => (await fetch(`${gateway.url}${path}`)).status;

  const post = (message: string): Promise<Response> =>
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { ...gateway.headers(), 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ role: 'user', content: message }] }),
    });

  /** Two runs of one session, of which the first is going and the second waits; what they say to the model. */
  async function oneGoesOneWaits(): Promise<{ asking: RawSocket; stopped: Promise<number | null> }> {
    const asking = await socket();
    const gate = llm.gate();
    asking.begin('chat.send', { message: 'First.', sessionKey: SESSION, stream: true });
    await gate.reached;
    asking.begin('chat.send', { message: 'Second.', sessionKey: SESSION });
    const accepted = (): number => asking.events.filter(({ type }) => type === 'run.accepted').length;
    await asking.until(() => accepted() === 2, 'both');
    gate.send('Half');
    await asking.until(() => asking.text === 'Half', 'some text');
    return { asking, stopped: gateway.stop() };
  }

  async function untilTranscript(...lines: string[]): Promise<void> {
    const reading = await socket();
    const transcript = async (): Promise<string[]> => {
      const { messages } = await reading.result('chat.history', { sessionKey: SESSION });
      return (messages as { role: string; content: string }[]).map(
        ({ role, content }) => `${role}: ${content}`,
      );
    };
    await expect.poll(transcript, { timeout: 20_000 }).toEqual(lines);
  }

  it('is not ready at once, refuses new work with a time to try again, and lets what runs end', async () => {
    await start(grace(30));
    const asking = await socket();
    const gate = llm.gate();
    const id = asking.begin('chat.send', { message: 'hi', sessionKey: SESSION });
    await gate.reached;
    expect(await status('/health/ready')).toBe(200);
    const stopped = gateway.stop();
    await asking.until(() => asking.frames.some(({ event }) => event === 'shutdown'), 'the announcement');
    expect([await status('/health/ready'), await status('/health/live')]).toEqual([503, 200]);
    const refused = { code: 'UNAVAILABLE', retryable: true, retryAfterMs: expect.any(Number) };
    expect(await asking.refusal('chat.send', { message: 'more', sessionKey: 'other' })).toMatchObject(
      refused,
    );
    const answer = await post('more');
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    await expect(RawSocket.open(gateway)).rejects.toThrow('503');
    gate.release('Just in time.');
    expect((await asking.answer(id)).payload).toMatchObject({
      status: 'completed',
      content: 'Just in time.',
    });
    expect(await stopped).toBe(0);
  });

  it('leaves what did not end, and what waits, to the next start, where each is answered once', async () => {
    await start(grace(0));
    const { asking, stopped } = await oneGoesOneWaits();
    expect(await stopped).toBe(0);
    expect(asking.closed).toMatchObject({ code: 1001 });
    llm.reply('Half and half.').reply('Both.');
    await start(grace(0));
    await untilTranscript('user: First.', 'assistant: Half and half.', 'user: Second.', 'assistant: Both.');
    expect(llm.requests).toHaveLength(3);
  });

  it('ends at once when it is told a second time, and the next start goes on all the same', async () => {
    await start(grace(300));
    const { asking, stopped } = await oneGoesOneWaits();
    await asking.until(() => asking.frames.some(({ event }) => event === 'shutdown'), 'the announcement');
    process.kill(gateway.pid, 'SIGTERM');
    expect(await stopped).toBe(INTERRUPTED_AT_ONCE);
    llm.reply('Half and half.').reply('Both.');
    await start(grace(0));
    await untilTranscript('user: First.', 'assistant: Half and half.', 'user: Second.', 'assistant: Both.');
  });

  it('ends in time although a tool, a socket and a request hang', async () => {
    await start({ ...grace(1), program: HANGING_TOOL_GATEWAY });
    const asking = await socket();
    llm.replyToolCalls([{ name: 'list_files', arguments: {} }]);
    asking.begin('chat.send', { message: 'Look.', sessionKey: SESSION, stream: true });
    await asking.until(() => asking.events.some(({ type }) => type === 'tool.call'), 'the tool');
    // Reads nothing any more, not even the close.
    asking.ws.pause();
    const half = await halfARequest(gateway);
    opened.push({ [Symbol.dispose]: () => half.destroy() });
    const begun = performance.now();
    expect(await gateway.stop()).toBe(0);
    expect(performance.now() - begun).toBeLessThan(1_000 + OVERHEAD_MAX_MS);
    llm.reply('Nothing.');
    await start(grace(0));
    // It only reads, so it is done again.
    const found = `tool: ${contextFiles(gateway.workspace)}`;
    await untilTranscript('user: Look.', 'assistant: ', found, 'assistant: Nothing.');
  });
});

describeWithPostgres('of two replicas, one that is told to end', () => {
  it('hands over what does not end in its time: the other one goes on with it, and with what waits', async () => {
    const { dsn, drop } = await createTestDatabase();
    const llm = await ScriptedLlm.start();
    const options = { llm, dsn, ...grace(1) };
    const [leaving, staying] = await Promise.all([startGateway(options), startGateway(options)]);
    const user = { token: staying.token, userId: 'ann' };
    const listener = new GoClawClient({ url: staying.url, ...user });
    const asking = new GoClawClient({ url: leaving.url, ...user, reconnect: false });
    try {
      await expect.poll(async () => (await listener.call('health')).replicas).toBe(2);
      const gate = llm.gate();
      const broken = asking.chat({ message: 'Count.', sessionKey: SESSION });
      await gate.reached;
      gate.send('One');
      await expect.poll(() => broken.text).toBe('One');
      const waiting = asking.chat({ message: 'And then?', sessionKey: SESSION });
      await expect.poll(() => waiting.runId).toBeDefined();
      const runs = [broken, waiting].map(({ runId = '' }) => listener.resume({ runId }));
      llm.reply('One, two.').reply('Three.');
      expect(await leaving.stop()).toBe(0);
      const ends = await Promise.all(runs.map(({ done }) => done));
      expect(ends.map(({ content }) => content)).toEqual(['One, two.', 'Three.']);
      expect(runs.map(({ text }) => text)).toEqual(['One, two.', 'Three.']);
      expect(llm.requests).toHaveLength(3);
    } finally {
      for (const client of [listener, asking]) client.close();
      await Promise.all([leaving, staying].map((gateway) => gateway[Symbol.asyncDispose]()));
      await llm[Symbol.asyncDispose]();
      await drop();
    }
  });
});

/** A connection whose request never comes to its end. */
async function halfARequest({ url, token }: RunningGateway): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const connection = connect(Number(port), hostname);
  connection.on('error', () => undefined);
  const head = [
    'POST /v1/chat/completions HTTP/1.1',
    `Host: ${hostname}`,
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    'Content-Length: 100',
  ];
  await new Promise<void>((resolve) => connection.write(`${head.join('\r\n')}\r\n\r\n{`, () => resolve()));
  return connection;
}

/** What `list_files` says of a workspace that has nothing but its context files. */
function contextFiles(workspace: string): string {
  const names = readdirSync(workspace).filter((name) => name.endsWith('.md'));
  return names
    .toSorted()
    .map((name) => `[FILE] ${name} (${statSync(join(workspace, name)).size} bytes)`)
    .join('\n');
}

import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import type { Gate } from '../support/llm/gate.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { RawSocket } from '../support/raw-socket.js';

const WAITING_MAX = 3;
const MESSAGE_CHARS = 8_000;
const MESSAGE = 'x'.repeat(MESSAGE_CHARS);

/** Of both ways together: kept in memory, their messages would take some 200 MB. */
const WARM_UP_REQUESTS = 3_000;
const FLOOD_REQUESTS = 20_000;
const GROWTH_MAX_MB = 60;
const FLOOD_TIMEOUT_MS = 180_000;
/** Requests that are unanswered at the same time. */
const WINDOW = 40;
const SETTLE = { timeout: 20_000, interval: 500 };

const REFUSED = { code: 'RESOURCE_EXHAUSTED', retryable: true, retryAfterMs: expect.any(Number) };

describe('a gateway with as much work as it takes', () => {
  let llm: ScriptedLlm;
  let gateway: RunningGateway;
  let socket: RawSocket;
  let gate: Gate;
  let accepted: (string | number)[];
  let background: string;

  /** One run is going, and as many wait as may. */
  beforeEach(async () => {
    llm = await ScriptedLlm.start();
    const scheduler = { lanes: { main: 1 }, max_waiting: WAITING_MAX };
    gateway = await startGateway({ llm, config: { scheduler } });
    socket = await RawSocket.connect(gateway);
    gate = llm.gate();
    llm.respond(
      ({ messages }) => `Answer to ${/waits \d|room again/.exec(messages.at(-1)?.text ?? '')?.[0]}`,
    );
    accepted = [say('going')];
    await gate.reached;
    accepted.push(say('waits 1'), say('waits 2'));
    const acceptances = (): number => socket.events.filter(({ type }) => type === 'run.accepted').length;
    await socket.until(() => acceptances() === accepted.length, 'what waits');
    const made = await post('/v1/responses', { model: 'goclaw:default', input: 'waits 3', background: true });
    background = ((await made.json()) as { id: string }).id;
  });
  afterEach(async () => {
    socket[Symbol.dispose]();
    await gateway[Symbol.asyncDispose]();
    await llm[Symbol.asyncDispose]();
  });

  const say = (name: string): string | number =>
    socket.begin('chat.send', { message: name, sessionKey: `agent:default:ws:test:${name}` });

  const post = (path: string, body: object): Promise<Response> =>
    fetch(`${gateway.url}${path}`, {
      method: 'POST',
      headers: { ...gateway.headers(), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  const complete = (content: string): Promise<Response> =>
    post('/v1/chat/completions', { messages: [{ role: 'user', content }] });

  async function refusedPost(): Promise<Response> {
    const answer = await complete(MESSAGE);
    await answer.text();
    return answer;
  }

  const refusedCall = () => socket.refusal('chat.send', { message: MESSAGE, sessionKey: 'another' });

  /** Everything that was accepted is answered. */
  async function releaseAll(): Promise<void> {
    gate.release('Answer to going');
    const answers = await Promise.all(accepted.map((id) => socket.answer(id)));
    expect(answers.map(({ ok, payload }) => [ok, (payload as { content: string }).content])).toEqual([
      [true, 'Answer to going'],
      [true, 'Answer to waits 1'],
      [true, 'Answer to waits 2'],
    ]);
    const read = await fetch(`${gateway.url}/v1/responses/${background}?stream=true`, {
      headers: gateway.headers(),
    });
    expect(await read.text()).toContain('Answer to waits 3');
  }

  it('refuses more over both ways, says when to try again, and answers all that it accepted', async () => {
    expect(await refusedCall()).toMatchObject(REFUSED);
    const answer = await complete(MESSAGE);
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answer.json()).toMatchObject({ error: { code: 'rate_limit_exceeded' } });
    expect((await fetch(`${gateway.url}/health/ready`)).status).toBe(200);
    await releaseAll();
    expect((await complete('room again')).status).toBe(200);
    expect(llm.requests).toHaveLength(WAITING_MAX + 2);
  });

  // Where the kernel tells what a process takes.
  it.skipIf(process.platform !== 'linux')(
    'does not grow by what it refuses',
    async () => {
      await flood(WARM_UP_REQUESTS);
      const before = residentMb(gateway.pid);
      await flood(FLOOD_REQUESTS);
      // Garbage may go first.
      await expect.poll(() => residentMb(gateway.pid) - before, SETTLE).toBeLessThan(GROWTH_MAX_MB);
      await releaseAll();
    },
    FLOOD_TIMEOUT_MS,
  );

  /** Half of them over the socket, half over HTTP; every one is refused. */
  async function flood(requests: number): Promise<void> {
    for (let sent = 0; sent < requests; sent += 2 * WINDOW) {
      const calls = Array.from({ length: WINDOW }, refusedCall);
      const posts = Array.from({ length: WINDOW }, refusedPost);
      const codes = new Set((await Promise.all(calls)).map(({ code }) => code));
      const statuses = new Set((await Promise.all(posts)).map(({ status }) => status));
      expect([...codes, ...statuses]).toEqual(['RESOURCE_EXHAUSTED', 429]);
      // What was received is looked through at every wait.
      socket.frames.splice(0, socket.frames.length, ...socket.frames.filter(({ type }) => type === 'event'));
    }
  }
});

function residentMb(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

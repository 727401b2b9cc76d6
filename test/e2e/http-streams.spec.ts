import OpenAI from 'openai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';

/** One event of a stream, as it stands on the wire. */
interface SseEvent {
  readonly id: number;
  readonly data: string;
}

let llm: ScriptedLlm;
let gateway: RunningGateway;
let dataDir: string;

beforeAll(async () => {
  llm = await ScriptedLlm.start();
  dataDir = mkdtempSync(join(tmpdir(), 'goclaw-streams-'));
  gateway = await startGateway({ llm, dataDir });
});
afterEach(() => llm.expectAllUsed());
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await llm[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
});

const chat = { model: 'goclaw:default', messages: [{ role: 'user', content: 'Hi' }], stream: true };

function post(
  key: string,
  headers: Record<string, string> = {},
  path = 'chat/completions',
  body: object = chat,
) {
  return fetch(`${gateway.url}/v1/${path}`, {
    method: 'POST',
    headers: {
      ...gateway.headers(),
      'content-type': 'application/json',
      'idempotency-key': key,
      ...headers,
    },
    body: JSON.stringify(body),
  });
}

function eventsOf(wire: string): SseEvent[] {
  return wire
    .split('\n\n')
    .filter((event) => event !== '' && !event.startsWith(':'))
    .map((event) => {
      const [, id = '', data = ''] = /^id: (\d+)\n(?:event: .*\n)?data: (.*)$/.exec(event) ?? [];
      return { id: Number(id), data };
    });
}

/** The events of an answer up to the one whose data has this in it; the connection stays open. */
async function readTo(response: Response, part: string): Promise<SseEvent[]> {
  let wire = '';
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    wire += decoder.decode(bytes as Uint8Array, { stream: true });
    if (wire.includes(part) && wire.endsWith('\n\n')) break;
  }
  return eventsOf(wire);
}

describe('a stream that broke', () => {
  it('is read on with Last-Event-ID by repeating the request with its key', async () => {
    llm.reply({ text: ['Good ', 'day ', 'to you.'] });
    const all = eventsOf(await (await post('on-1')).text());
    expect(all.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(all.at(-1)?.data).toBe('[DONE]');
    for (const last of [0, 2, 4]) {
      const rest = eventsOf(await (await post('on-1', { 'last-event-id': String(last) })).text());
      expect(rest.map(({ id, data }) => [id, textOf(data)])).toEqual(
        all.slice(last + 1).map(({ id, data }) => [id, textOf(data)]),
      );
    }
  });

  it('is read on while its run goes', async () => {
    const gate = llm.gate();
    const answering = post('on-2');
    await gate.reached;
    gate.send('Good ');
    gate.send('day ');
    const seen = await readTo(await answering, 'day');
    const again = post('on-2', { 'last-event-id': String(seen.at(-1)?.id) });
    gate.release('to you.');
    const rest = eventsOf(await (await again).text());
    expect([...seen, ...rest].map(({ data }) => textOf(data)).join('')).toBe('Good day to you.');
    expect([...seen, ...rest].map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('is read on as a response, whose ids are its sequence numbers', async () => {
    llm.reply({ text: ['Good ', 'day.'] });
    const wire = await (await post('on-3', {}, 'responses', { input: 'Hi', stream: true })).text();
    const all = eventsOf(wire);
    expect(all.map(({ data }) => (JSON.parse(data) as { sequence_number: number }).sequence_number)).toEqual(
      all.map(({ id }) => id),
    );
    const { response } = JSON.parse(all[0]?.data ?? '') as { response: { id: string } };
    const rest = await fetch(`${gateway.url}/v1/responses/${response.id}?stream=true`, {
      headers: { ...gateway.headers(), 'last-event-id': '4' },
    });
    expect(eventsOf(await rest.text()).map(({ id }) => id)).toEqual(all.slice(5).map(({ id }) => id));
  });

  it('begins at the beginning when its request never arrived', async () => {
    llm.reply('Hello');
    const all = eventsOf(await (await post('on-4', { 'last-event-id': '3' })).text());
    expect(all.map(({ data }) => textOf(data)).join('')).toBe('Hello');
  });

  it('is refused with an id that is none', async () => {
    const response = await post('on-5', { 'last-event-id': 'x' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param: 'Last-Event-ID' } });
  });
});

describe('a stream whose gateway was killed', () => {
  it('is told from its beginning, and no place in a text that is void is taken for one', async () => {
    llm.replyToolCalls([{ name: 'list_files', arguments: {} }], { text: 'I look.' });
    const first = llm.gate();
    const answering = post('killed-1');
    await first.reached;
    first.send('Void');
    const seen = await readTo(await answering, 'Void');
    expect(seen.map(({ data }) => textOf(data)).join('')).toContain('I look.');
    await gateway.kill();
    const second = llm.gate();
    gateway = await startGateway({ llm, dataDir });
    await second.reached;
    second.release({ text: ['Nothing ', 'there.'] });

    const whole = eventsOf(await (await post('killed-1')).text());
    expect(whole.map(({ data }) => textOf(data)).join('')).toBe('I look.\n\nNothing there.');
    const kept = whole.findIndex(({ data }) => textOf(data) === 'I look.');
    const fromKept = await post('killed-1', { 'last-event-id': String(whole[kept]?.id) });
    expect(
      eventsOf(await fromKept.text())
        .map(({ data }) => textOf(data))
        .join(''),
    ).toBe('\n\nNothing there.');
    const fromVoid = await post('killed-1', { 'last-event-id': String(seen.at(-1)?.id) });
    expect(fromVoid.status).toBe(409);
    expect(await fromVoid.json()).toMatchObject({ error: { code: 'position_void' } });

    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.token, maxRetries: 0 });
    const retrieved = await client.responses.retrieve(responseIdOf(whole), { stream: true });
    let text = '';
    for await (const event of retrieved) if (event.type === 'response.output_text.delta') text += event.delta;
    expect(text).toBe('I look.\n\nNothing there.');
  });
});

/** The text of a chunk; of other events, their data. */
function textOf(data: string): string {
  if (data === '[DONE]') return '';
  const { choices } = JSON.parse(data) as { choices: { delta: { content?: string } }[] };
  return choices[0]?.delta.content ?? '';
}

/** Chat completions and responses are named after their run. */
function responseIdOf([first]: SseEvent[]): string {
  const { id } = JSON.parse(first?.data ?? '') as { id: string };
  return id.replace('chatcmpl-', 'resp_');
}

import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';

let llm: ScriptedLlm;
let gateway: RunningGateway;
let client: OpenAI;

beforeAll(async () => {
  llm = await ScriptedLlm.start();
  gateway = await startGateway({ llm });
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.token, maxRetries: 0 });
});
afterEach(() => llm.expectAllUsed());
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await llm[Symbol.asyncDispose]();
});

const model = 'goclaw:default';

describe('a response through the official client', () => {
  it('is answered by the agent, with instructions, tokens and metadata', async () => {
    llm.reply({ text: 'Aye.', usage: { inputTokens: 30, outputTokens: 2, cachedTokens: 10 } });
    const response = await client.responses.create({
      model,
      input: 'Yes?',
      instructions: 'Speak like a sailor.',
      metadata: { ticket: '42' },
    });
    expect(response).toMatchObject({
      object: 'response',
      status: 'completed',
      model,
      output_text: 'Aye.',
      metadata: { ticket: '42' },
      usage: { input_tokens: 30, output_tokens: 2, input_tokens_details: { cached_tokens: 10 } },
    });
    expect(llm.lastRequest.system).toContain('Speak like a sailor.');
  });

  it('continues the conversation of an earlier one', async () => {
    llm.reply('Noted.').reply('Plum.').reply('Bye.');
    const first = await client.responses.create({ model, input: 'The word is plum.' });
    const second = await client.responses.create({
      model,
      input: [{ role: 'user', content: [{ type: 'input_text', text: 'Which word?' }] }],
      previous_response_id: first.id,
    });
    expect(llm.lastRequest.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(JSON.stringify(llm.lastRequest.body)).toContain('The word is plum.');
    await client.responses.create({ model, input: 'Thanks.', previous_response_id: second.id });
    expect(llm.lastRequest.messages).toHaveLength(5);
  });

  it('continues the end of a conversation only, and none that was not stored', async () => {
    llm.reply('One.').reply('Two.').reply('Three.');
    const first = await client.responses.create({ model, input: '1' });
    await client.responses.create({ model, input: '2', previous_response_id: first.id });
    const branching = client.responses.create({ model, input: '3', previous_response_id: first.id });
    await expect(branching).rejects.toMatchObject({ status: 400, param: 'previous_response_id' });
    const unstored = await client.responses.create({ model, input: '4', store: false });
    const continuing = client.responses.create({ model, input: '5', previous_response_id: unstored.id });
    await expect(continuing).rejects.toThrow(/was not stored/);
  });

  it('streams its events in order, numbered without gaps, and can be read again from any of them', async () => {
    llm.reply({ text: ['Good ', 'day ', 'to you.'] });
    const stream = await client.responses.create({ model, input: 'Hello', stream: true });
    const events: OpenAI.Responses.ResponseStreamEvent[] = [];
    for await (const event of stream) events.push(event);
    expect(events.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
    const deltas = events.flatMap((event) =>
      event.type === 'response.output_text.delta' ? [event.delta] : [],
    );
    expect(deltas.join('')).toBe('Good day to you.');
    const id = events[0]?.type === 'response.created' ? events[0].response.id : '';
    const again = await client.responses.retrieve(id, { stream: true, starting_after: 4 });
    const rest: OpenAI.Responses.ResponseStreamEvent[] = [];
    for await (const event of again) rest.push(event);
    expect(rest.map(({ type, sequence_number }) => [type, sequence_number])).toEqual(
      events.slice(5).map(({ type, sequence_number }) => [type, sequence_number]),
    );
  });

  it('is retrieved by its id; an unknown id is not found', async () => {
    llm.reply('Kept.');
    const response = await client.responses.create({ model, input: 'Keep this' });
    expect(await client.responses.retrieve(response.id)).toMatchObject({
      id: response.id,
      status: 'completed',
      output_text: 'Kept.',
      created_at: response.created_at,
    });
    await expect(client.responses.retrieve(`resp_${'0'.repeat(32)}`)).rejects.toThrow(OpenAI.NotFoundError);
    await expect(client.responses.retrieve('nonsense')).rejects.toThrow(OpenAI.NotFoundError);
  });

  it('works in the background, is read when it is done, and can be cancelled', async () => {
    const gate = llm.gate();
    const started = await client.responses.create({ model, input: 'Take your time', background: true });
    expect(started.status).toBe('queued');
    await gate.reached;
    expect((await client.responses.retrieve(started.id)).status).toBe('in_progress');
    gate.release('Finally.');
    await expect.poll(async () => (await client.responses.retrieve(started.id)).output_text).toBe('Finally.');

    const endless = llm.gate();
    const second = await client.responses.create({ model, input: 'Never mind', background: true });
    await endless.reached;
    expect((await client.responses.cancel(second.id)).status).toBe('cancelled');
    endless.release();
  });

  it('is given once for one idempotency key, also at the beginning and in the middle of a conversation', async () => {
    llm.reply('First.').reply('Second.');
    const key = (value: string): { headers: Record<string, string> } => ({
      headers: { 'Idempotency-Key': value },
    });
    const first = await client.responses.create({ model, input: 'Once' }, key('r-1'));
    expect((await client.responses.create({ model, input: 'Once' }, key('r-1'))).id).toBe(first.id);
    await expect(client.responses.create({ model, input: 'Other' }, key('r-1'))).rejects.toThrow(
      OpenAI.ConflictError,
    );
    const next = { model, input: 'More', previous_response_id: first.id };
    const second = await client.responses.create(next, key('r-2'));
    expect((await client.responses.create(next, key('r-2'))).id).toBe(second.id);
  });

  it.each([
    ['input', {}],
    ['input[0].type', { input: [{ type: 'function_call_output', call_id: 'x', output: 'y' }] }],
    ['tools', { input: 'x', tools: [{ type: 'web_search' }] }],
    ['text.format', { input: 'x', text: { format: { type: 'json_object' } } }],
    ['background', { input: 'x', background: true, store: false }],
    ['previous_response_id', { input: 'x', previous_response_id: 'resp_unknown' }],
  ])('refuses what it cannot do and names %s', async (param, body) => {
    const asked = client.post('/responses', { body });
    await expect(asked).rejects.toThrow(OpenAI.BadRequestError);
    await expect(asked).rejects.toMatchObject({ param });
  });
});

describe('the older form of a response, with messages', () => {
  const ask = async (stream: boolean): Promise<Response> =>
    fetch(`${gateway.url}/v1/responses`, {
      method: 'POST',
      headers: { ...gateway.headers(), 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }], stream }),
    });

  it('is answered in its own shape', async () => {
    llm.reply('Hello.');
    expect(await (await ask(false)).json()).toMatchObject({
      status: 'completed',
      output: [{ type: 'message', role: 'assistant', content: [{ type: 'text', text: 'Hello.' }] }],
    });
  });

  it('streams its own events', async () => {
    llm.reply({ text: ['Hel', 'lo.'] });
    const text = await (await ask(true)).text();
    const types = [...text.matchAll(/^data: (.*)$/gm)].map(
      ([, json]) => (JSON.parse(json ?? '') as { type: string }).type,
    );
    expect(types[0]).toBe('response.started');
    expect(types.slice(1, -1).every((type) => type === 'response.delta')).toBe(true);
    expect(types.at(-1)).toBe('response.done');
  });
});

import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type RunningGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';

let llm: ScriptedLlm;
let gateway: RunningGateway;
let client: OpenAI;

beforeAll(async () => {
  llm = await ScriptedLlm.start();
  gateway = await startGateway({
    llm,
    config: { agents: { list: { coder: { displayName: 'Coder' } } } },
  });
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.token, maxRetries: 0 });
});
afterEach(() => llm.expectAllUsed());
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await llm[Symbol.asyncDispose]();
});

const user = (content: string): OpenAI.ChatCompletionMessageParam => ({ role: 'user', content });
const sessionHeader = (key: string): { headers: Record<string, string> } => ({
  headers: { 'X-GoClaw-Session-Key': key },
});

describe('a chat completion through the official client', () => {
  it('is answered by the agent, with the tokens of the run', async () => {
    llm.reply({
      text: 'Four.',
      usage: { inputTokens: 120, outputTokens: 3, cachedTokens: 100, cacheWriteTokens: 0 },
    });
    const completion = await client.chat.completions.create({
      model: 'goclaw:default',
      messages: [user('What is two and two?')],
    });
    expect(completion).toMatchObject({
      object: 'chat.completion',
      model: 'goclaw:default',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Four.' }, finish_reason: 'stop' }],
      usage: {
        prompt_tokens: 120,
        completion_tokens: 3,
        total_tokens: 123,
        prompt_tokens_details: { cached_tokens: 100 },
      },
    });
    expect(completion.id).toMatch(/^chatcmpl-[0-9a-f]{32}$/);
  });

  it('names its run and its request in headers', async () => {
    llm.reply('Hello.');
    const { response, data, request_id } = await client.chat.completions
      .create({ model: 'x', messages: [user('Hi')] }, { headers: { 'X-Request-Id': 'from-the-client' } })
      .withResponse();
    const runId = response.headers.get('x-goclaw-run-id') ?? '';
    expect(data.id).toBe(`chatcmpl-${runId.replaceAll('-', '')}`);
    expect(request_id).toBe('from-the-client');
  });

  it('streams the deltas of the model while it still speaks', async () => {
    const gate = llm.gate();
    gate.send('one ');
    const stream = await client.chat.completions.create({
      model: 'goclaw:default',
      messages: [user('Count')],
      stream: true,
    });
    const chunks = stream[Symbol.asyncIterator]();
    const roles = await chunks.next();
    expect(roles.value?.choices[0]?.delta).toMatchObject({ role: 'assistant', content: '' });
    expect((await chunks.next()).value?.choices[0]?.delta.content).toBe('one');
    gate.send('two');
    expect((await chunks.next()).value?.choices[0]?.delta.content).toBe(' two');
    gate.release();
    const last = await chunks.next();
    expect(last.value?.choices[0]).toMatchObject({ delta: {}, finish_reason: 'stop' });
    expect((await chunks.next()).done).toBe(true);
  });

  it('ends its stream with the tokens when asked to', async () => {
    llm.reply({ text: ['Good ', 'day.'], usage: { inputTokens: 50, outputTokens: 2 } });
    const stream = await client.chat.completions.create({
      model: 'goclaw:default',
      messages: [user('Hello')],
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Good day.');
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 50, completion_tokens: 2, total_tokens: 52 },
    });
  });

  it('passes sampling parameters and system messages on to the model', async () => {
    llm.reply('Aye.');
    await client.chat.completions.create({
      model: 'goclaw:default',
      messages: [{ role: 'system', content: 'Speak like a sailor.' }, user('Yes?')],
      temperature: 0.1,
      top_p: 0.5,
      max_completion_tokens: 77,
      stop: ['END'],
    });
    const { body, system } = llm.lastRequest;
    expect(body).toMatchObject({ temperature: 0.1, top_p: 0.5, stop: ['END'] });
    expect(JSON.stringify(body)).toContain('77');
    expect(system).toContain('Speak like a sailor.');
  });

  it('shows the model an image of the message', async () => {
    llm.reply('A dot.');
    const url = `data:image/png;base64,${Buffer.from('not really a picture').toString('base64')}`;
    await client.chat.completions.create({
      model: 'goclaw:default',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url } },
          ],
        },
      ],
    });
    expect(JSON.stringify(llm.lastRequest.body)).toContain(url);
  });
});

describe('a conversation', () => {
  it('goes on by its session key, with only what is new being appended', async () => {
    llm.reply('Nice to meet you, Ada.').reply('Ada.');
    const first = [user('I am Ada.')];
    const options = sessionHeader('my-talk');
    const answer = await client.chat.completions.create(
      { model: 'goclaw:default', messages: first },
      options,
    );
    await client.chat.completions.create(
      {
        model: 'goclaw:default',
        messages: [
          ...first,
          { role: 'assistant', content: answer.choices[0]?.message.content ?? '' },
          user('Who am I?'),
        ],
      },
      options,
    );
    const said = llm.lastRequest.messages;
    expect(said.map(({ role, text }) => [role, text.includes('Ada') || text.includes('Who am I?')])).toEqual([
      ['user', true],
      ['assistant', true],
      ['user', true],
    ]);
  });

  it('is not kept without a session key: the messages are all of it', async () => {
    llm.reply('One.').reply('Two.');
    const model = 'goclaw:default';
    await client.chat.completions.create({ model, messages: [user('the secret word is plum')] });
    await client.chat.completions.create({
      model,
      messages: [user('Hi'), { role: 'assistant', content: 'Hello!' }, user('And now?')],
    });
    const said = llm.lastRequest.messages;
    expect(said.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(JSON.stringify(llm.lastRequest.body)).not.toContain('plum');
  });

  it('is with the agent that the model or the header names', async () => {
    llm.reply('Here.').reply('Here.');
    const ask = async (model: string, headers: Record<string, string> = {}): Promise<string> => {
      const messages = [user('Hi')];
      return (await client.chat.completions.create({ model, messages }, { headers })).model;
    };
    expect(await ask('goclaw:coder')).toBe('goclaw:coder');
    expect(await ask('gpt-4o')).toBe('gpt-4o');
    await expect(ask('gpt-4o', { 'X-GoClaw-Agent-Id': 'nobody' })).rejects.toThrow(OpenAI.NotFoundError);
    await expect(ask('agent:nobody')).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
  });
});

describe('closing the connection', () => {
  it('aborts the run and its call of the model', async () => {
    const gate = llm.gate();
    const abort = new AbortController();
    gate.send('Once upon ');
    const { data: stream, response } = await client.chat.completions
      .create(
        { model: 'goclaw:default', messages: [user('Talk for long')], stream: true },
        { signal: abort.signal },
      )
      .withResponse();
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) break;
    }
    abort.abort();
    await llm.untilAborted();
    gate.release();
    const id = `resp_${response.headers.get('x-goclaw-run-id')?.replaceAll('-', '')}`;
    await expect.poll(async () => (await client.responses.retrieve(id)).status).toBe('cancelled');
  });

  it('lets a run with an idempotency key go on, and a repeat gets its answer', async () => {
    const before = llm.requests.length;
    const gate = llm.gate();
    const abort = new AbortController();
    const body = { model: 'goclaw:default', messages: [user('Work on this')] };
    const options = { headers: { 'Idempotency-Key': 'closing-1' } };
    const first = client.chat.completions.create(body, { ...options, signal: abort.signal });
    first.catch(() => undefined);
    await llm.untilRequests(before + 1);
    abort.abort();
    await expect(first).rejects.toThrow(OpenAI.APIUserAbortError);
    gate.release('Done');
    const repeated = await client.chat.completions.create(body, options);
    expect(repeated.choices[0]?.message.content).toBe('Done');
    expect(llm.requests.length).toBe(before + 1);
  });
});

describe('an idempotency key', () => {
  const body = { model: 'goclaw:default', messages: [user('Only once')] };
  const options = { headers: { 'Idempotency-Key': 'once-1' } };

  it('gives a repeat the same answer, also as a stream', async () => {
    llm.reply('Just once.');
    const first = await client.chat.completions.create(body, options);
    const second = await client.chat.completions.create(body, options);
    expect(second.id).toBe(first.id);
    expect(second.choices).toEqual(first.choices);
    const stream = await client.chat.completions.create({ ...body, stream: true }, options);
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe('Just once.');
  });

  it('is refused for another request', async () => {
    const other = client.chat.completions.create({ ...body, messages: [user('Something else')] }, options);
    await expect(other).rejects.toThrow(OpenAI.ConflictError);
  });
});

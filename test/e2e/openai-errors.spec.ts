import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await llm[Symbol.asyncDispose]();
});

const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Hi' }];
const model = 'goclaw:default';

describe('the official client raises', () => {
  it('AuthenticationError for a wrong token', async () => {
    const stranger = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'wrong', maxRetries: 0 });
    const asked = stranger.chat.completions.create({ model, messages });
    await expect(asked).rejects.toThrow(OpenAI.AuthenticationError);
    await expect(asked).rejects.toMatchObject({ code: 'invalid_api_key', type: 'authentication_error' });
    await expect(stranger.models.list()).rejects.toThrow(OpenAI.AuthenticationError);
  });

  it('NotFoundError for an agent that does not exist', async () => {
    const asked = client.chat.completions.create({ model: 'goclaw:nobody', messages });
    await expect(asked).rejects.toThrow(OpenAI.NotFoundError);
    await expect(asked).rejects.toMatchObject({ code: 'model_not_found', param: 'model' });
    await expect(client.models.retrieve('goclaw:nobody')).rejects.toThrow(OpenAI.NotFoundError);
  });

  it.each([
    ['messages', {}],
    ['messages[0].role', { messages: [{ role: 'wizard', content: 'x' }] }],
    ['messages[0].content', { messages: [{ role: 'user', content: 7 }] }],
    [
      'messages[1].tool_calls',
      { messages: [...messages, { role: 'assistant', content: '', tool_calls: [] }] },
    ],
    ['messages', { messages: [{ role: 'assistant', content: 'x' }] }],
    ['temperature', { messages, temperature: 3 }],
    ['tools', { messages, tools: [{ type: 'function', function: { name: 'f' } }] }],
    ['n', { messages, n: 2 }],
    ['response_format', { messages, response_format: { type: 'json_object' } }],
    ['stream_options', { messages, stream_options: { include_usage: true } }],
  ])('BadRequestError that names %s', async (param, body) => {
    const asked = client.post('/chat/completions', { body });
    await expect(asked).rejects.toThrow(OpenAI.BadRequestError);
    await expect(asked).rejects.toMatchObject({ param, type: 'invalid_request_error' });
  });

  it('RateLimitError with the time to wait, once a user asks too often', async () => {
    await using limited = await startGateway({ llm, config: { gateway: { rate_limit_rpm: 1 } } });
    const eager = new OpenAI({ baseURL: `${limited.url}/v1`, apiKey: limited.token, maxRetries: 0 });
    llm.respond(() => 'Yes.');
    const asked = Array.from({ length: 8 }, () => eager.chat.completions.create({ model, messages }));
    const results = await Promise.allSettled(asked);
    const failures = results.map((result): unknown => ('reason' in result ? result.reason : undefined));
    const refusals = failures.filter((reason) => reason instanceof OpenAI.RateLimitError);
    expect(refusals).toHaveLength(3);
    expect(Number(refusals[0]?.headers?.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('a model that fails', () => {
  it('is told as a status while nothing was streamed', async () => {
    await using own = await startGateway({ llm });
    const asking = new OpenAI({ baseURL: `${own.url}/v1`, apiKey: own.token, maxRetries: 0 });
    llm.fail(401, { message: 'bad key' });
    const asked = asking.chat.completions.create({ model, messages, stream: true });
    await expect(asked).rejects.toThrow(OpenAI.APIError);
    await expect(asked).rejects.toMatchObject({ code: 'run_failed' });
  });

  it('ends a stream that has begun with an error event', async () => {
    await using own = await startGateway({ llm });
    const asking = new OpenAI({ baseURL: `${own.url}/v1`, apiKey: own.token, maxRetries: 0 });
    llm.cutAfter(2);
    const stream = await asking.chat.completions.create({ model, messages, stream: true });
    let text = '';
    const reading = (async () => {
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    })();
    await expect(reading).rejects.toThrow(OpenAI.APIError);
    expect(text).toContain('delta-1');
  });
});

import { describe, expect, it } from 'vitest';
import type { LlmMessage, LlmStreamPart } from '#contracts';
import { ask, saidBy, startAdapter } from '../adapters.fixture.js';
import { OpenAiDecoder } from './openai-decoder.js';

const PNG = 'data:image/png;base64,iVBORw0KGgo=';
const USER: LlmMessage = { role: 'user', content: [{ type: 'text', text: 'Hi' }] };

/** What a vendor's chunks become. */
function decoded(chunks: readonly object[]): LlmStreamPart[] {
  const decoder = new OpenAiDecoder({ name: 'acme', type: 'openai_compat', apiBase: 'http://acme' });
  const parts: LlmStreamPart[] = [];
  for (const chunk of chunks) decoder.decode(JSON.stringify(chunk), parts);
  if (decoder.complete) decoder.finish(parts);
  return parts;
}

describe('OpenAI requests', () => {
  it('hold the whole conversation: system, images, tool calls and results', async () => {
    const { llm, provider } = await startAdapter('openai');
    llm.reply('ok');
    await ask(provider, {
      system: 'Be brief',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image', url: PNG },
            { type: 'image', url: 'https://example.com/a.png' },
          ],
        },
        {
          role: 'assistant',
          content: '',
          thinking: [{ provider: 'anthropic', text: 'hm', signature: 's' }],
          toolCalls: [
            { id: 'c1', name: 'a', arguments: { x: 1 } },
            { id: 'c2', name: 'b', arguments: {}, invalid: '{"x' },
          ],
        },
        {
          role: 'tool',
          toolCallId: 'c1',
          toolName: 'a',
          content: [{ type: 'image', url: PNG }],
          isError: false,
        },
        {
          role: 'tool',
          toolCallId: 'c2',
          toolName: 'b',
          content: [{ type: 'text', text: 'no' }],
          isError: true,
        },
        USER,
      ],
    });
    const [request] = llm.requests;
    expect(request?.system).toBe('Be brief');
    expect(request?.messages.map(({ role, text }) => [role, text])).toEqual([
      ['user', 'Look'],
      ['assistant', ''],
      ['tool', '[image: see below]'],
      ['tool', 'no'],
      ['user', '[Image of the result of a above:]'],
      ['user', 'Hi'],
    ]);
    expect(request?.messages[4]?.images).toEqual([PNG]);
    expect(request?.messages[0]?.images).toEqual([PNG, 'https://example.com/a.png']);
    expect(request?.messages[1]?.toolCalls).toEqual([
      { id: 'c1', name: 'a', arguments: '{"x":1}' },
      { id: 'c2', name: 'b', arguments: '{"invalid_arguments":"{\\"x"}' },
    ]);
    expect(request?.rawBody).not.toContain('hm');
    llm.expectAllUsed();
  });

  it('describe the images of tool results to Mistral, which takes no message behind them', async () => {
    const { llm, provider } = await startAdapter('openai', { settings: { name: 'mistral' } });
    llm.reply('ok');
    const calls = [{ id: 'abcdefghi', name: 'a', arguments: {} }];
    const image = { type: 'image', url: PNG } as const;
    await ask(provider, {
      messages: [
        USER,
        { role: 'assistant', content: '', toolCalls: calls },
        { role: 'tool', toolCallId: 'abcdefghi', toolName: 'a', content: [image], isError: false },
      ],
    });
    expect(llm.lastRequest.messages.map(({ role, text }) => [role, text])).toEqual([
      ['user', 'Hi'],
      ['assistant', ''],
      ['tool', '[image: image/png, 1 KB, not shown]'],
    ]);
  });

  it('carry the sampling parameters', async () => {
    const { llm, provider } = await startAdapter('openai');
    llm.reply('ok');
    const sampling = {
      temperature: 0.7,
      topP: 0.9,
      maxTokens: 50,
      stop: ['END'],
      seed: 1,
      presencePenalty: 1,
    };
    await ask(provider, { sampling });
    expect(llm.lastRequest.body).toMatchObject({
      temperature: 0.7,
      top_p: 0.9,
      max_tokens: 50,
      stop: ['END'],
      seed: 1,
      presence_penalty: 1,
      stream_options: { include_usage: true },
    });
  });

  it.each(['o3-mini', 'gpt-5', 'gpt-5.2', 'openai/o1'])('leave out what %s refuses', async (model) => {
    const { llm, provider } = await startAdapter('openai');
    llm.reply('ok');
    await ask(provider, {
      model,
      sampling: { temperature: 0.7, maxTokens: 50 },
      thinking: { budgetTokens: 8_000 },
    });
    expect(llm.lastRequest.body).toMatchObject({ max_completion_tokens: 50, reasoning_effort: 'medium' });
    expect(llm.lastRequest.body).not.toHaveProperty('temperature');
    expect(llm.lastRequest.body).not.toHaveProperty('max_tokens');
  });

  it.each(['gpt-4o', 'gpt-5-chat-latest', 'o', 'llama-3'])('treat %s as an ordinary model', async (model) => {
    const { llm, provider } = await startAdapter('openai');
    llm.reply('ok');
    await ask(provider, { model, sampling: { maxTokens: 50 } });
    expect(llm.lastRequest.body).toMatchObject({ max_tokens: 50 });
  });

  it('are made without the schema keywords that Gemini refuses', async () => {
    const { llm, provider } = await startAdapter('openai', { settings: { name: 'gemini' } });
    llm.reply('ok');
    const parameters = {
      type: 'object',
      properties: { default: { $ref: '#/$defs/Text' } },
      additionalProperties: false,
      $defs: { Text: { type: 'string', default: 'x' } },
    };
    await ask(provider, { tools: [{ name: 'a', description: 'd', parameters }] });
    expect(llm.lastRequest.tools[0]?.parameters).toEqual({
      type: 'object',
      properties: { default: { type: 'string' } },
    });
  });

  it('turn ids of another vendor into what Mistral takes, the same for call and result', async () => {
    const { llm, provider } = await startAdapter('openai', { settings: { name: 'mistral' } });
    llm.reply('ok');
    await ask(provider, {
      messages: [
        USER,
        { role: 'assistant', content: '', toolCalls: [{ id: 'toolu_01', name: 'a', arguments: {} }] },
        { role: 'tool', toolCallId: 'toolu_01', toolName: 'a', content: [], isError: false },
      ],
    });
    expect(llm.lastRequest.messages[1]?.toolCalls[0]?.id).toMatch(/^[a-z0-9]{9}$/);
    llm.expectAllUsed();
  });

  it("ask OpenRouter for its default when the model is another provider's", async () => {
    const { llm, provider } = await startAdapter('openai', {
      settings: { name: 'openrouter', defaultModel: 'anthropic/claude' },
    });
    llm.respond(() => 'ok');
    await ask(provider, { model: 'gpt-4o' });
    await ask(provider, { model: 'openai/gpt-4o' });
    expect(llm.requests.map(({ model }) => model)).toEqual(['anthropic/claude', 'openai/gpt-4o']);
  });
});

describe('OpenAI streams', () => {
  it.each(['reasoning_content', 'reasoning'])('take %s for thinking', (key) => {
    const parts = decoded([{ choices: [{ delta: { [key]: 'hm', content: '' } }] }]);
    expect(parts).toEqual([{ type: 'thinking-delta', text: 'hm' }]);
  });

  it('carry thinking from the wire', async () => {
    const { llm, provider } = await startAdapter('openai');
    llm.reply({ thinking: ['h', 'm'], text: 'x' });
    const parts = await ask(provider);
    expect(parts.slice(0, 3).map(({ type }) => type)).toEqual([
      'thinking-delta',
      'thinking-delta',
      'text-delta',
    ]);
  });

  it('tell calls apart that a vendor does not number, and call their finish what it is', () => {
    const call = (id: string) => ({ id, function: { name: 'a', arguments: `{"id":"${id}"}` } });
    const parts = decoded([
      { choices: [{ delta: { tool_calls: [{ index: 0, ...call('x') }] } }] },
      { choices: [{ delta: { tool_calls: [{ index: 0, ...call('y') }] }, finish_reason: 'stop' }] },
    ]);
    expect(parts).toEqual([
      { type: 'tool-call', call: { id: 'x', name: 'a', arguments: { id: 'x' } } },
      { type: 'tool-call', call: { id: 'y', name: 'a', arguments: { id: 'y' } } },
      { type: 'finish', reason: 'tool-calls' },
    ]);
  });

  it('give a call an id when the vendor does not', () => {
    const parts = decoded([
      {
        choices: [
          {
            delta: { tool_calls: [{ function: { name: 'a', arguments: { x: 1 } } }] },
            finish_reason: 'tool_calls',
          },
        ],
      },
    ]);
    expect(parts[0]).toMatchObject({ call: { id: expect.stringMatching(/^call_/), arguments: { x: 1 } } });
  });

  it('read content that comes as a list of parts', () => {
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: 'yes' },
    ];
    expect(decoded([{ choices: [{ delta: { content } }] }])).toEqual([
      { type: 'thinking-delta', text: 'hm' },
      { type: 'text-delta', text: 'yes' },
    ]);
  });

  it("count DeepSeek's cache hits and Groq's usage", () => {
    const usage = { prompt_tokens: 9, completion_tokens: 2, prompt_cache_hit_tokens: 4 };
    const finish = { choices: [{ delta: {}, finish_reason: 'stop' }] };
    for (const last of [{ usage }, { x_groq: { usage } }])
      expect(decoded([finish, last])[0]).toEqual({
        type: 'usage',
        usage: { inputTokens: 9, outputTokens: 2, cachedTokens: 4, cacheWriteTokens: 0 },
      });
  });

  it('survive chunks with nothing of use in them', () => {
    expect(decoded([{}, { choices: [] }, { choices: [{}] }, { choices: [{ delta: null, x: 1 }] }])).toEqual(
      [],
    );
  });

  it('show a refusal as text', () => {
    expect(saidBy(decoded([{ choices: [{ delta: { refusal: 'I cannot' } }] }]))).toBe('I cannot');
  });
});

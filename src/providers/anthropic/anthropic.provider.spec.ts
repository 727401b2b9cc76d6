import { describe, expect, it } from 'vitest';
import type { LlmMessage, LlmRequest } from '#contracts';
import { ask, startAdapter } from '../adapters.fixture.js';
import { isSteerable } from './anthropic-models.js';

const PNG = 'data:image/png;base64,iVBORw0KGgo=';
const user = (text: string): LlmMessage => ({ role: 'user', content: [{ type: 'text', text }] });
const called = (id: string, thinking = true): LlmMessage => ({
  role: 'assistant',
  content: '',
  toolCalls: [{ id, name: 'a', arguments: { x: 1 } }],
  ...(thinking ? { thinking: [{ provider: 'anthropic', text: 'hm', signature: 'sig' }] } : {}),
});
const result = (toolCallId: string, text = 'done'): LlmMessage => ({
  role: 'tool',
  toolCallId,
  toolName: 'a',
  content: [{ type: 'text', text }],
  isError: false,
});

async function bodyOf(request: Partial<LlmRequest>): Promise<Readonly<Record<string, unknown>>> {
  const { llm, provider } = await startAdapter('anthropic');
  llm.reply('ok');
  await ask(provider, request);
  llm.expectAllUsed();
  return llm.lastRequest.body;
}

describe('Anthropic thinking', () => {
  it('comes as deltas, then as signed blocks, then as part of the usage and the finish', async () => {
    const { llm, provider } = await startAdapter('anthropic');
    llm.replyToolCalls([{ id: 't1', name: 'a', arguments: { x: 1 } }], {
      thinking: ['h', 'm'],
      signature: 'sig',
      redactedThinking: 'secret',
      text: 'Look',
      usage: { inputTokens: 10, outputTokens: 2, cachedTokens: 4, cacheWriteTokens: 3 },
    });
    expect(await ask(provider)).toEqual([
      { type: 'thinking-delta', text: 'h' },
      { type: 'thinking-delta', text: 'm' },
      { type: 'thinking-block', block: { provider: 'anthropic', text: 'hm', signature: 'sig' } },
      { type: 'thinking-block', block: { provider: 'anthropic', text: '', redacted: 'secret' } },
      { type: 'text-delta', text: 'Look' },
      { type: 'tool-call', call: { id: 't1', name: 'a', arguments: { x: 1 } } },
      { type: 'usage', usage: { inputTokens: 10, outputTokens: 2, cachedTokens: 4, cacheWriteTokens: 3 } },
      { type: 'finish', reason: 'tool-calls' },
    ]);
  });

  it('goes back unchanged, before the text and the calls of its message', async () => {
    const { llm, provider } = await startAdapter('anthropic');
    llm.reply('ok');
    const thinking = [
      { provider: 'anthropic', text: 'hm', signature: 'sig' },
      { provider: 'anthropic', text: '', redacted: 'secret' },
      { provider: 'deepseek', text: 'not ours' },
    ];
    const assistant = { ...called('t1'), content: 'Look', thinking } as LlmMessage;
    await ask(provider, { messages: [user('Hi'), assistant, result('t1')] });
    expect(llm.lastRequest.body['messages']).toMatchObject([
      {},
      {
        content: [
          { type: 'thinking', thinking: 'hm', signature: 'sig' },
          { type: 'redacted_thinking', data: 'secret' },
          { type: 'text', text: 'Look' },
          { type: 'tool_use', id: 't1', input: { x: 1 } },
        ],
      },
      {},
    ]);
    llm.expectAllUsed();
  });

  it('is asked for with its budget inside the limit and without sampling', async () => {
    const body = await bodyOf({
      thinking: { budgetTokens: 4_000 },
      sampling: { temperature: 0.7, maxTokens: 1_000 },
    });
    expect(body).toMatchObject({ max_tokens: 5_000, thinking: { type: 'enabled', budget_tokens: 4_000 } });
    expect(body).not.toHaveProperty('temperature');
  });

  it('is left out in the rest of a turn that another provider began', async () => {
    const thinking = { budgetTokens: 2_000 };
    const foreign = await bodyOf({ thinking, messages: [user('Hi'), called('t1', false), result('t1')] });
    expect(foreign).not.toHaveProperty('thinking');
    const own = await bodyOf({ thinking, messages: [user('Hi'), called('t1'), result('t1')] });
    expect(own).toHaveProperty('thinking');
    const later = await bodyOf({
      thinking,
      messages: [user('Hi'), called('t1', false), result('t1'), user('And?')],
    });
    expect(later).toHaveProperty('thinking');
  });

  it('is adaptive for models that have no budget, which are not steered either', async () => {
    const body = await bodyOf({
      model: 'claude-opus-4-7',
      thinking: { budgetTokens: 20_000 },
      sampling: { temperature: 0.7, topP: 0.5 },
    });
    expect(body).toMatchObject({ thinking: { type: 'adaptive' }, output_config: { effort: 'high' } });
    expect(body).not.toHaveProperty('temperature');
    expect(body).not.toHaveProperty('top_p');
  });

  it.each([
    ['claude-sonnet-4-5-20250929', true],
    ['claude-opus-4-20250514', true],
    ['claude-opus-4-6', true],
    ['claude-3-5-sonnet-20241022', true],
    ['MiniMax-M2.5', true],
    ['claude-opus-4-7', false],
    ['claude-sonnet-5', false],
    ['claude-haiku-5-5', false],
    ['claude-fable-5', false],
  ])('knows of %s whether it can be steered: %s', (model, steerable) => {
    expect(isSteerable(model)).toBe(steerable);
  });
});

describe('Anthropic requests', () => {
  it('put all results of one turn, and what the user adds, into one message', async () => {
    const twice: LlmMessage = {
      role: 'assistant',
      content: '',
      toolCalls: [
        { id: 't.1', name: 'a', arguments: {} },
        { id: 't2', name: 'b', arguments: {} },
      ],
    };
    const failed: LlmMessage = { ...result('t2', 'no such file'), isError: true } as LlmMessage;
    const body = await bodyOf({ messages: [user('Hi'), twice, result('t.1'), failed, user('Well?')] });
    expect(body['messages']).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: [{ id: 't_1' }, { id: 't2' }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 't_1', content: [{ text: 'done' }] },
          { type: 'tool_result', tool_use_id: 't2', is_error: true },
          { type: 'text', text: 'Well?' },
        ],
      },
    ]);
  });

  it('mark for the cache: the last tool, the system prompt, the last two user turns', async () => {
    const marked = { cache_control: { type: 'ephemeral' } };
    const tool = (name: string) => ({ name, description: 'd', parameters: { type: 'object' } });
    const body = await bodyOf({
      system: 'Be brief',
      tools: [tool('a'), tool('b')],
      messages: [user('1'), called('t1'), result('t1'), called('t2'), result('t2')],
    });
    expect(body['system']).toEqual([{ type: 'text', text: 'Be brief', ...marked }]);
    expect(body['tools']).toMatchObject([{ name: 'a' }, { name: 'b', ...marked }]);
    expect(body['messages']).toMatchObject([
      { role: 'user' },
      {},
      { content: [{ type: 'tool_result', ...marked }] },
      {},
      { content: [{ type: 'tool_result', ...marked }] },
    ]);
    expect(JSON.stringify(body).split('cache_control')).toHaveLength(5);
  });

  it('begin with the bytes of the request before, but for the marks', async () => {
    const { llm, provider } = await startAdapter('anthropic');
    llm.respond(() => 'ok');
    const tools = [{ name: 'a', description: 'd', parameters: { type: 'object' } }];
    const first = [user('1'), called('t1'), result('t1')];
    await ask(provider, { system: 's', tools, messages: first });
    await ask(provider, { system: 's', tools, messages: [...first, called('t2'), result('t2')] });
    const [before, after] = llm.requests.map(({ rawBody }) =>
      rawBody.replaceAll(/,?"cache_control":\{"type":"ephemeral"\}/g, ''),
    );
    const shared = before?.slice(0, before.lastIndexOf(']')) ?? '';
    expect(shared).not.toBe('');
    expect(after?.startsWith(shared)).toBe(true);
  });

  it('show images, also in tool results, and describe what is none that Anthropic takes', async () => {
    const body = await bodyOf({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', url: PNG },
            { type: 'image', url: 'https://example.com/a.png' },
            { type: 'image', url: 'data:image/tiff;base64,AAAA' },
          ],
        },
        called('t1'),
        { ...result('t1'), content: [{ type: 'image', url: PNG }] } as LlmMessage,
      ],
    });
    const base64 = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' };
    expect(body['messages']).toMatchObject([
      {
        content: [
          { type: 'image', source: base64 },
          { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
          { type: 'text', text: '[image: image/tiff, 1 KB, not shown]' },
        ],
      },
      {},
      { content: [{ type: 'tool_result', content: [{ type: 'image', source: base64 }] }] },
    ]);
  });

  it('leave out what is empty, and keep to the scale of Anthropic', async () => {
    const body = await bodyOf({
      messages: [user('Hi'), { role: 'assistant', content: ' ' }, user('Again')],
      sampling: { temperature: 1.5, topP: 0.5, stop: ['END'], seed: 3 },
    });
    expect(body['messages']).toMatchObject([{ content: [{ text: 'Hi' }, { text: 'Again' }] }]);
    expect(body).toMatchObject({ temperature: 1, stop_sequences: ['END'], max_tokens: 8_192 });
    expect(body).not.toHaveProperty('top_p');
    expect(body).not.toHaveProperty('seed');
  });
});

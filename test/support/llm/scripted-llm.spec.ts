import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { ScriptedLlm, startLlmProcess } from './index.js';

const MODEL = 'scripted-model';
const USER = [{ role: 'user' as const, content: 'Hi' }];
const TOOL = { type: 'object' as const, properties: { path: { type: 'string' } } };

const openai = (llm: { openaiUrl: string }) =>
  new OpenAI({ apiKey: 'sk-test', baseURL: llm.openaiUrl, maxRetries: 0, logLevel: 'off' });
const anthropic = (llm: { anthropicUrl: string }) =>
  new Anthropic({ apiKey: 'sk-test', baseURL: llm.anthropicUrl, maxRetries: 0, logLevel: 'off' });

const streamOpenAi = (llm: ScriptedLlm) =>
  openai(llm).chat.completions.create({
    model: MODEL,
    messages: USER,
    stream: true,
    stream_options: { include_usage: true },
  });

describe('The scripted LLM as OpenAI', () => {
  it('answers a completion with text, tool calls and usage', async () => {
    await using llm = await ScriptedLlm.start();
    llm.reply({ text: 'Hello', usage: { inputTokens: 10, outputTokens: 2, cachedTokens: 8 } });
    llm.replyToolCalls([{ name: 'read_file', arguments: { path: 'a' } }]);
    const body = { model: MODEL, messages: USER };
    const first = await openai(llm).chat.completions.create(body);
    expect(first.choices[0]).toMatchObject({ message: { content: 'Hello' }, finish_reason: 'stop' });
    expect(first.usage).toMatchObject({
      prompt_tokens: 10,
      total_tokens: 12,
      prompt_tokens_details: { cached_tokens: 8 },
    });
    const second = await openai(llm).chat.completions.create(body);
    expect(second.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { tool_calls: [{ function: { name: 'read_file', arguments: '{"path":"a"}' } }] },
    });
    llm.expectAllUsed();
  });

  it('streams through the SDK, and the SDK puts the same message together', async () => {
    await using llm = await ScriptedLlm.start();
    llm.replyToolCalls(
      [
        { name: 'read_file', arguments: { path: 'a long enough path' } },
        { name: 'list_files', arguments: {} },
      ],
      { text: ['Let me ', 'look'], delayMs: 1 },
    );
    const final = await openai(llm)
      .chat.completions.stream({ model: MODEL, messages: USER, stream_options: { include_usage: true } })
      .finalChatCompletion();
    expect(final.choices[0]?.message).toMatchObject({
      content: 'Let me look',
      tool_calls: [
        { function: { name: 'read_file', arguments: '{"path":"a long enough path"}' } },
        { function: { name: 'list_files', arguments: '{}' } },
      ],
    });
    expect(final.usage?.completion_tokens).toBeGreaterThan(0);
  });

  it('says usage only to who asked for it', async () => {
    await using llm = await ScriptedLlm.start();
    llm.reply('a').reply('b');
    const usages = async (include: boolean): Promise<number> => {
      let count = 0;
      const options = include ? { stream_options: { include_usage: true } } : {};
      const body = { model: MODEL, messages: USER, stream: true as const, ...options };
      for await (const chunk of await openai(llm).chat.completions.create(body)) if (chunk.usage) count++;
      return count;
    };
    expect([await usages(true), await usages(false)]).toEqual([1, 0]);
  });

  it('fails as the vendor does', async () => {
    await using llm = await ScriptedLlm.start();
    llm.fail(429, { retryAfter: 3 }).fail(404).fail(500, { rawBody: '<html>' });
    const limited: unknown = await streamOpenAi(llm).catch((error: unknown) => error);
    expect(limited).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
    expect(limited instanceof OpenAI.APIError && limited.headers?.get('retry-after')).toBe('3');
    await expect(streamOpenAi(llm)).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
    await expect(streamOpenAi(llm)).rejects.toMatchObject({ status: 500 });
  });

  it('refuses a tool result without its call, and remembers that as a failure', async () => {
    const llm = await ScriptedLlm.start();
    const messages = [...USER, { role: 'tool' as const, tool_call_id: 'x', content: 'y' }];
    await expect(openai(llm).chat.completions.create({ model: MODEL, messages })).rejects.toThrow(
      'preceeding',
    );
    expect(() => llm.expectAllUsed()).toThrow("role 'tool'");
    await llm.close();
  });

  it('lists its models', async () => {
    await using llm = await ScriptedLlm.start({ models: ['m1', 'm2'] });
    expect((await openai(llm).models.list()).data.map(({ id }) => id)).toEqual(['m1', 'm2']);
    expect((await anthropic(llm).models.list()).data.map(({ id }) => id)).toEqual(['m1', 'm2']);
  });
});

describe('The scripted LLM as Anthropic', () => {
  const body = { model: MODEL, max_tokens: 100, messages: USER };

  it('answers with thinking, text, tool use and usage', async () => {
    await using llm = await ScriptedLlm.start();
    llm.replyToolCalls([{ id: 'toolu_1', name: 'read_file', arguments: { path: 'a' } }], {
      thinking: 'hmm',
      signature: 'sig',
      text: 'Look',
      usage: { inputTokens: 10, outputTokens: 2, cachedTokens: 6, cacheWriteTokens: 1 },
    });
    const message = await anthropic(llm).messages.create(body);
    expect(message).toMatchObject({
      stop_reason: 'tool_use',
      content: [
        { type: 'thinking', thinking: 'hmm', signature: 'sig' },
        { type: 'text', text: 'Look' },
        { type: 'tool_use', id: 'toolu_1', input: { path: 'a' } },
      ],
      usage: {
        input_tokens: 3,
        cache_read_input_tokens: 6,
        cache_creation_input_tokens: 1,
        output_tokens: 2,
      },
    });
  });

  it('streams through the SDK, and the SDK puts the same message together', async () => {
    await using llm = await ScriptedLlm.start();
    llm.replyToolCalls(
      [
        { name: 'a', arguments: { text: 'something longer than a fragment' } },
        { name: 'b', arguments: {} },
      ],
      { thinking: ['h', 'mm'], signature: 'sig', redactedThinking: 'xx', text: ['Hel', 'lo'] },
    );
    const message = await anthropic(llm).messages.stream(body).finalMessage();
    expect(message.content).toMatchObject([
      { type: 'thinking', thinking: 'hmm', signature: 'sig' },
      { type: 'redacted_thinking', data: 'xx' },
      { type: 'text', text: 'Hello' },
      { type: 'tool_use', name: 'a', input: { text: 'something longer than a fragment' } },
      { type: 'tool_use', name: 'b', input: {} },
    ]);
    expect(message.stop_reason).toBe('tool_use');
  });

  it.each([
    [529, 'overloaded_error'],
    [401, 'authentication_error'],
    [429, 'rate_limit_error'],
  ])('fails with %i as %s', async (status, type) => {
    await using llm = await ScriptedLlm.start();
    llm.fail(status);
    await expect(anthropic(llm).messages.create(body)).rejects.toMatchObject({ status, type });
  });

  it('refuses what the vendor refuses', async () => {
    const llm = await ScriptedLlm.start();
    const use = { type: 'tool_use' as const, id: 't1', name: 'a', input: {} };
    const messages = [...USER, { role: 'assistant' as const, content: [use] }, ...USER];
    await expect(anthropic(llm).messages.create({ ...body, messages })).rejects.toThrow('tool_result');
    const thinking = { type: 'enabled' as const, budget_tokens: 2000 };
    await expect(anthropic(llm).messages.create({ ...body, thinking })).rejects.toThrow('max_tokens');
    expect(() => llm.expectAllUsed()).toThrow('tool_result');
    await llm.close();
  });
});

describe('A scripted stream that breaks', () => {
  const read = async (llm: ScriptedLlm): Promise<string> => {
    let said = '';
    try {
      for await (const chunk of await streamOpenAi(llm)) said += chunk.choices[0]?.delta.content ?? '';
      return `${said}|ended`;
    } catch (error) {
      return `${said}|${(error as Error).message}`;
    }
  };

  it.each([
    ['is cut', (llm: ScriptedLlm) => llm.cutAfter(2), 'delta-1 delta-2 |terminated'],
    ['ends early', (llm: ScriptedLlm) => llm.endAfter(2), 'delta-1 delta-2 |ended'],
    ['is malformed', (llm: ScriptedLlm) => llm.malformed(1), 'delta-1 |Error reading response'],
    ['reports an error', (llm: ScriptedLlm) => llm.errorAfter(1, { message: 'Oh no' }), 'delta-1 |Oh no'],
    ['is reset', (llm: ScriptedLlm) => llm.reset(), '|Connection error.'],
  ])('%s where the test said', async (_, script, expected) => {
    await using llm = await ScriptedLlm.start();
    script(llm);
    expect(await read(llm)).toContain(expected);
  });

  it('hangs until the client goes, which is recorded', async () => {
    await using llm = await ScriptedLlm.start();
    llm.hangAfter(1);
    const stream = await streamOpenAi(llm);
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    await llm.untilAborted();
    expect(llm.lastRequest.aborted).toBe(true);
  });

  it('refuses connections and takes them again', async () => {
    await using llm = await ScriptedLlm.start();
    llm.reply('back');
    await llm.refuse();
    expect(await read(llm)).toContain('Connection error');
    await llm.accept();
    expect(await read(llm)).toBe('back|ended');
  });

  it('gives as much text as was asked for', async () => {
    await using llm = await ScriptedLlm.start();
    llm.giant(3_000_000);
    expect((await read(llm)).length).toBe(3_000_000 + '|ended'.length);
  });
});

describe('A script', () => {
  it('waits at a gate until the test releases it', async () => {
    await using llm = await ScriptedLlm.start();
    const gate = llm.gate();
    const chunks: string[] = [];
    const done = (async () => {
      for await (const chunk of await streamOpenAi(llm)) chunks.push(chunk.choices[0]?.delta.content ?? '');
    })();
    expect((await gate.reached).lastUserText).toBe('Hi');
    expect(chunks).toEqual([]);
    gate.send('one ');
    await expect.poll(() => chunks.join('')).toBe('one ');
    gate.release('two');
    await done;
    expect(chunks.join('')).toBe('one two');
  });

  it('answers matched requests from their own script, the others from the queue, the rest by function', async () => {
    await using llm = await ScriptedLlm.start();
    llm.when((request) => request.lastUserText === 'B').reply('for B');
    llm.reply('queued').respond((request) => `echo ${request.lastUserText}`);
    const ask = async (content: string): Promise<string | null | undefined> =>
      (await openai(llm).chat.completions.create({ model: MODEL, messages: [{ role: 'user', content }] }))
        .choices[0]?.message.content;
    expect([await ask('A'), await ask('B'), await ask('C')]).toEqual(['queued', 'for B', 'echo C']);
    llm.expectAllUsed();
  });

  it('records requests the same way for both formats', async () => {
    await using llm = await ScriptedLlm.start();
    llm.respond(() => 'ok');
    await openai(llm).chat.completions.create({
      model: MODEL,
      messages: [{ role: 'system', content: 'Be brief' }, ...USER],
      tools: [{ type: 'function', function: { name: 'a', description: 'd', parameters: TOOL } }],
    });
    await anthropic(llm).messages.create({
      model: MODEL,
      max_tokens: 10,
      system: 'Be brief',
      messages: USER,
      tools: [{ name: 'a', description: 'd', input_schema: TOOL }],
    });
    const [first, second] = llm.requests;
    expect([first?.format, second?.format]).toEqual(['openai', 'anthropic']);
    for (const key of ['system', 'messages', 'tools', 'apiKey'] as const)
      expect(second?.[key]).toEqual(first?.[key]);
  });

  it('answers 500 to what nobody scripted, and complains at the end', async () => {
    const llm = await ScriptedLlm.start();
    await expect(streamOpenAi(llm)).rejects.toThrow('no reply was left');
    await expect(llm[Symbol.asyncDispose]()).rejects.toThrow('no reply was left');
  });

  it('complains about replies that nobody asked for', async () => {
    await using llm = await ScriptedLlm.start();
    llm.reply('never');
    expect(() => llm.expectAllUsed()).toThrow('1 scripted replies were never asked for');
  });

  it('runs as a process of its own', async () => {
    await using llm = await startLlmProcess(['--deltas', '3', '--delay-ms', '1', '--stamp']);
    const message = await anthropic(llm)
      .messages.stream({ model: MODEL, max_tokens: 10, messages: USER })
      .finalMessage();
    expect(message.content[0]).toMatchObject({ text: expect.stringMatching(/^0:\d+ 1:\d+ 2:\d+ $/) });
  });
});

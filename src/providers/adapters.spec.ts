import { describe, expect, it } from 'vitest';
import type { LlmStreamPart } from '#contracts';
import type { ScriptedLlm } from '../../test/support/llm/index.js';
import { ask, CANARY_KEY, partsOf, requestOf, saidBy, startAdapter } from './adapters.fixture.js';

const errorOf = (parts: readonly LlmStreamPart[]) => {
  const last = parts.at(-1);
  return last?.type === 'error' ? last.error : undefined;
};

describe.each(['openai', 'anthropic'] as const)('The %s adapter', (format) => {
  it('streams text as it comes, then usage, then the finish, once', async () => {
    const { llm, provider } = await startAdapter(format);
    llm.reply({
      text: ['Hel', 'lo ', 'there'],
      delayMs: 2,
      usage: { inputTokens: 100, outputTokens: 7, cachedTokens: 80 },
    });
    expect(await ask(provider)).toEqual([
      { type: 'text-delta', text: 'Hel' },
      { type: 'text-delta', text: 'lo ' },
      { type: 'text-delta', text: 'there' },
      {
        type: 'usage',
        usage: { inputTokens: 100, outputTokens: 7, cachedTokens: 80, cacheWriteTokens: 0 },
      },
      { type: 'finish', reason: 'stop' },
    ]);
    llm.expectAllUsed();
  });

  it('hands on the first delta before the second is sent', async () => {
    const { llm, provider } = await startAdapter(format);
    const gate = llm.gate();
    let said = '';
    const done = partsOf(provider.stream(requestOf(), new AbortController().signal), (part) => {
      if (part.type === 'text-delta') said += part.text;
    });
    await gate.reached;
    gate.send('first');
    await expect.poll(() => said).toBe('first');
    gate.release(' second');
    await done;
    expect(said).toBe('first second');
  });

  it('puts tool calls together from fragments, each one part, in order', async () => {
    const { llm, provider } = await startAdapter(format);
    llm.replyToolCalls(
      [
        { id: 'call_1', name: 'read_file', arguments: { path: 'some/longer/path.txt' } },
        { id: 'call_2', name: 'list_files', arguments: {} },
      ],
      { text: 'Let me look', delayMs: 1 },
    );
    const parts = await ask(provider);
    expect(parts.filter(({ type }) => type !== 'usage')).toEqual([
      { type: 'text-delta', text: 'Let me look' },
      {
        type: 'tool-call',
        call: { id: 'call_1', name: 'read_file', arguments: { path: 'some/longer/path.txt' } },
      },
      { type: 'tool-call', call: { id: 'call_2', name: 'list_files', arguments: {} } },
      { type: 'finish', reason: 'tool-calls' },
    ]);
  });

  it.each(['{"path": "a.tx', '[1]'])(
    'keeps tool arguments that are no object as they came: %s',
    async (raw) => {
      const { llm, provider } = await startAdapter(format);
      llm.invalidToolArguments('read_file', raw);
      const call = (await ask(provider)).find((part) => part.type === 'tool-call')?.call;
      expect(call).toMatchObject({ name: 'read_file', arguments: {}, invalid: raw });
    },
  );

  it.each([
    ['length', 'length'],
    ['content-filter', 'content-filter'],
  ] as const)('says that an answer ended by %s', async (finish, reason) => {
    const { llm, provider } = await startAdapter(format);
    llm.reply({ text: 'x', finish });
    expect((await ask(provider)).at(-1)).toEqual({ type: 'finish', reason });
  });

  it('survives an answer without usage, and sends text through whose characters are cut by packets', async () => {
    const { llm, provider } = await startAdapter(format);
    llm.reply({ text: 'žluťoučký 🐎 "quoted"\nline '.repeat(5_000), usage: null });
    const parts = await ask(provider);
    expect(saidBy(parts)).toBe('žluťoučký 🐎 "quoted"\nline '.repeat(5_000));
    expect(parts.some(({ type }) => type === 'usage')).toBe(false);
  });

  it('takes a giant answer', async () => {
    const { llm, provider } = await startAdapter(format);
    llm.giant(20_000_000);
    expect(saidBy(await ask(provider))).toHaveLength(20_000_000);
  });

  it.each([
    [401, 'authentication'],
    [402, 'billing'],
    [404, 'model-not-found'],
    [413, 'context-overflow'],
    [400, 'bad-request'],
    [429, 'rate-limited'],
    [500, 'server'],
    [503, 'overloaded'],
    [529, 'overloaded'],
  ] as const)('reports status %i as %s', async (status, kind) => {
    const { llm, provider } = await startAdapter(format);
    llm.fail(status);
    expect(errorOf(await ask(provider))).toMatchObject({ kind, status, provider: format });
    expect(llm.requests).toHaveLength(1);
  });

  it.each([
    [{ retryAfter: 3 }, 3_000],
    [{ retryAfter: 0.5 }, 500],
    [{ headers: { 'retry-after-ms': '70' } }, 70],
    [{}, undefined],
  ])('reads how long to wait from %o', async (failure, retryAfterMs) => {
    const { llm, provider } = await startAdapter(format);
    llm.fail(429, failure);
    expect(errorOf(await ask(provider))?.retryAfterMs).toBe(retryAfterMs);
  });

  it('never shows a key that the vendor repeats', async () => {
    const { llm, provider } = await startAdapter(format);
    llm.fail(401, {
      message: `Incorrect API key provided: ${CANARY_KEY}. Other: sk-ant-other-key-0123456789`,
    });
    llm.fail(500, { rawBody: `<html><body>Bad gateway for ${CANARY_KEY}</body></html>` });
    llm.errorAfter(1, { message: `broken ${CANARY_KEY}` });
    for (let call = 0; call < 3; call++) {
      const error = errorOf(await ask(provider));
      expect(`${error?.message} ${String(error?.cause)} ${JSON.stringify(error)}`).not.toMatch(
        /sk-(canary|ant)/,
      );
      expect(error?.message).toContain(format);
    }
  });

  it.each([
    ['is cut', (llm: ScriptedLlm) => llm.cutAfter(2), 'network'],
    ['ends early', (llm: ScriptedLlm) => llm.endAfter(2), 'malformed-response'],
    ['is malformed', (llm: ScriptedLlm) => llm.malformed(2), 'malformed-response'],
  ] as const)('keeps what was said when a stream %s', async (_, script, kind) => {
    const { llm, provider } = await startAdapter(format);
    script(llm);
    const parts = await ask(provider);
    expect(saidBy(parts)).toBe('delta-1 delta-2 ');
    expect(errorOf(parts)).toMatchObject({ kind, retryable: true });
  });

  it('reports an error event in mid-stream', async () => {
    const { llm, provider } = await startAdapter(format);
    llm.errorAfter(1, { message: 'Overloaded' });
    const parts = await ask(provider);
    expect(saidBy(parts)).toBe('delta-1 ');
    expect(errorOf(parts)).toMatchObject({ kind: format === 'anthropic' ? 'overloaded' : 'server' });
  });

  it.each([
    ['refuses the connection', (llm: ScriptedLlm) => llm.refuse()],
    ['resets it', (llm: ScriptedLlm) => llm.reset()],
  ])('names the address of a server that %s', async (_, script) => {
    const { llm, provider } = await startAdapter(format);
    await script(llm);
    const error = errorOf(await ask(provider));
    expect(error).toMatchObject({ kind: 'network', retryable: true });
    expect(error?.message).toContain(llm.openaiUrl);
  });

  it('gives up on a server that never answers, and closes the connection', async () => {
    const { llm, provider } = await startAdapter(format, { limits: { firstByteMs: 40 } });
    llm.hang();
    expect(errorOf(await ask(provider))).toMatchObject({ kind: 'timeout', retryable: true });
    await llm.untilAborted();
  });

  it('gives up on a stream that falls silent, but not on a slow one', async () => {
    const { llm, provider } = await startAdapter(format, { limits: { idleMs: 120 } });
    llm.hangAfter(2);
    llm.reply({ text: Array.from({ length: 10 }, () => 'x'), delayMs: 40 });
    const silent = await ask(provider);
    expect(saidBy(silent)).toBe('delta-1 delta-2 ');
    expect(errorOf(silent)).toMatchObject({ kind: 'timeout' });
    expect(saidBy(await ask(provider))).toBe('x'.repeat(10));
  });

  it.each([0, 2])('ends at once when aborted after %i deltas, and closes the connection', async (deltas) => {
    const { llm, provider } = await startAdapter(format);
    if (deltas === 0) llm.hang();
    else llm.hangAfter(deltas);
    const controller = new AbortController();
    let seen = 0;
    const done = partsOf(provider.stream(requestOf(), controller.signal), ({ type }) => {
      if (type === 'text-delta' && ++seen === deltas) controller.abort();
    });
    if (deltas === 0) {
      await llm.untilRequests(1);
      controller.abort();
    }
    expect(errorOf(await done)).toMatchObject({ kind: 'aborted', retryable: false });
    await llm.untilAborted();
  });

  it('makes no request when it is aborted before', async () => {
    const { llm, provider } = await startAdapter(format);
    expect(errorOf(await ask(provider, {}, AbortSignal.abort()))).toMatchObject({ kind: 'aborted' });
    expect(llm.requests).toHaveLength(0);
  });

  it('closes the connection when its consumer turns away', async () => {
    const { llm, provider } = await startAdapter(format);
    llm.hangAfter(1);
    for await (const part of provider.stream(requestOf(), new AbortController().signal))
      if (part.type === 'text-delta') break;
    await llm.untilAborted();
    expect(llm.lastRequest.aborted).toBe(true);
  });

  it('uses a connection again after a complete answer', async () => {
    const { llm, provider } = await startAdapter(format);
    llm.respond(() => 'ok');
    for (let call = 0; call < 5; call++) expect(saidBy(await ask(provider))).toBe('ok');
    expect(llm.connections).toBe(1);
  });

  it('reads an answer that a proxy did not stream', async () => {
    const { llm, provider } = await startAdapter(format);
    const openai = {
      choices: [{ message: { content: 'whole' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 1 },
    };
    const anthropic = {
      type: 'message',
      content: [{ type: 'text', text: 'whole' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 3, output_tokens: 1 },
    };
    llm.fail(200, { rawBody: JSON.stringify(format === 'openai' ? openai : anthropic) });
    llm.fail(200, { rawBody: 'Welcome', headers: { 'content-type': 'text/html' } });
    const parts = await ask(provider);
    expect(saidBy(parts)).toBe('whole');
    expect(parts.at(-1)).toEqual({ type: 'finish', reason: 'stop' });
    expect(errorOf(await ask(provider))?.message).toContain('text/html');
  });

  it('lists models, and says why it cannot', async () => {
    const { llm, provider } = await startAdapter(format);
    expect(await provider.listModels(new AbortController().signal)).toEqual(['scripted-model']);
    await llm.refuse();
    await expect(provider.listModels(new AbortController().signal)).rejects.toMatchObject({
      name: 'LlmError',
      kind: 'network',
    });
  });

  it('forbids tools that are only shown', async () => {
    const { llm, provider } = await startAdapter(format);
    llm.respond(() => 'ok');
    const tools = [{ name: 'a', description: 'd', parameters: { type: 'object' } }];
    await ask(provider, { tools, toolChoice: 'none' });
    await ask(provider, { toolChoice: 'none' });
    const forbidden = format === 'openai' ? 'none' : { type: 'none' };
    expect(llm.requests.map(({ body }) => body['tool_choice'])).toEqual([forbidden, undefined]);
  });

  it('sends the same bytes for the same request', async () => {
    const { llm, provider } = await startAdapter(format);
    llm.respond(() => 'ok');
    const tools = [{ name: 'a', description: 'd', parameters: { type: 'object', properties: {} } }];
    await ask(provider, { system: 'Be brief', tools });
    await ask(provider, { system: 'Be brief', tools: structuredClone(tools) });
    expect(llm.requests[1]?.rawBody).toBe(llm.requests[0]?.rawBody);
  });
});

import { describe, expect, it, onTestFinished } from 'vitest';
import type { LlmMessage } from '#contracts';
import { SystemClock } from '#kernel';
import { ScriptedLlm } from '../../../test/support/llm/index.js';
import { partsOf, saidBy } from '../adapters.fixture.js';
import { DEFAULT_CALL_LIMITS } from '../http/call-guard.js';
import { HttpTransport } from '../http/http-transport.js';
import { ProviderRegistry } from '../provider-registry.js';
import { adapterFactory } from '../providers.module.js';
import { Cooldowns } from './cooldowns.js';
import { ProviderChain } from './provider-chain.js';

const PNG = 'data:image/png;base64,iVBORw0KGgo=';
const NOTE = '[image: image/png, 1 KB, not shown]';
const REFUSED = { status: 400, message: 'This model does not support image input.' } as const;

const CONVERSATION: readonly LlmMessage[] = [
  {
    role: 'user',
    content: [
      { type: 'text', text: 'Look' },
      { type: 'image', url: PNG },
    ],
  },
  { role: 'assistant', content: '', toolCalls: [{ id: 'c1', name: 'browser', arguments: {} }] },
  {
    role: 'tool',
    toolCallId: 'c1',
    toolName: 'browser',
    content: [{ type: 'image', url: PNG }],
    isError: false,
  },
];

async function start(format: 'openai' | 'anthropic') {
  const llm = await ScriptedLlm.start();
  const transport = new HttpTransport();
  const clock = new SystemClock();
  onTestFinished(async () => {
    llm.expectAllUsed();
    transport.close();
    await llm.close();
  });
  const registry = new ProviderRegistry(adapterFactory({ transport, clock, limits: DEFAULT_CALL_LIMITS }));
  const type = format === 'openai' ? 'openai_compat' : 'anthropic_native';
  registry.register({ name: 'p', type, apiBase: llm.openaiUrl, apiKey: 'key' }, 'config');
  const chain = new ProviderChain(registry, new Cooldowns(clock), clock, Math.random);
  const ask = async (model: string, messages = CONVERSATION): Promise<string> => {
    const request = { system: '', messages, tools: [], sampling: {} };
    const { signal } = new AbortController();
    return saidBy(await partsOf(chain.stream([{ provider: 'p', model }], request, { signal })));
  };
  /** How many images each request had, and each note of one. */
  const shown = (): (readonly [number, number])[] =>
    llm.requests.map(({ messages, rawBody }) => [
      messages.flatMap(({ images }) => images).length,
      rawBody.split(NOTE).length - 1,
    ]);
  return { llm, ask, shown };
}

describe.each(['openai', 'anthropic'] as const)(
  'images of users and of tools, for a model of %s',
  (format) => {
    it('are shown to one that sees, those of earlier turns too', async () => {
      const { llm, ask, shown } = await start(format);
      llm.reply('I see.').reply('Still.');
      expect(await ask('gpt-4o')).toBe('I see.');
      const later: LlmMessage[] = [
        { role: 'assistant', content: 'I see.' },
        { role: 'user', content: [{ type: 'text', text: 'And now?' }] },
      ];
      expect(await ask('gpt-4o', [...CONVERSATION, ...later])).toBe('Still.');
      expect(shown()).toEqual([
        [2, 0],
        [2, 0],
      ]);
    });

    it('are noted to one that does not, at once', async () => {
      const { llm, ask, shown } = await start(format);
      llm.reply('A picture?');
      expect(await ask('deepseek-chat')).toBe('A picture?');
      expect(shown()).toEqual([[0, 2]]);
    });

    it('are noted to one that refuses them, which is not shown any more', async () => {
      const { llm, ask, shown } = await start(format);
      llm.reply({ failure: REFUSED }).reply('A picture?').reply('Another?');
      expect(await ask('unheard-of')).toBe('A picture?');
      expect(await ask('unheard-of')).toBe('Another?');
      expect(shown()).toEqual([
        [2, 0],
        [0, 2],
        [0, 2],
      ]);
    });

    it('are left out once when one that sees refuses them, and shown again then', async () => {
      const { llm, ask, shown } = await start(format);
      llm
        .reply({ failure: { status: 400, message: 'Could not process image' } })
        .reply('Hm.')
        .reply('Oh.');
      expect(await ask('gemini-2.0-flash')).toBe('Hm.');
      expect(await ask('gemini-2.0-flash')).toBe('Oh.');
      expect(shown()).toEqual([
        [2, 0],
        [0, 2],
        [2, 0],
      ]);
    });

    it('have nothing to do with what is refused for another reason', async () => {
      const { llm, ask, shown } = await start(format);
      llm
        .reply({ failure: { status: 400, message: 'no' } })
        .reply({ failure: { status: 400, message: 'no' } });
      expect(await ask('unheard-of')).toBe('');
      llm.reply('Yes.');
      expect(await ask('unheard-of')).toBe('Yes.');
      expect(shown().at(-1)).toEqual([2, 0]);
    });
  },
);

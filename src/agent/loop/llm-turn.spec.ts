import { expect, it } from 'vitest';
import type { LlmStreamPart, ToolCall } from '#contracts';
import { ProviderChain } from '#providers';
import { RunText } from '../sanitise/run-text.js';
import { takeTurn } from './llm-turn.js';

async function callsOf(...calls: ToolCall[]): Promise<readonly ToolCall[]> {
  const parts: LlmStreamPart[] = calls.map((call) => ({ type: 'tool-call', call }));
  const chain = Object.assign(Object.create(ProviderChain.prototype) as ProviderChain, {
    stream: async function* () {
      yield* parts;
    },
  });
  const request = { system: '', messages: [], tools: [], sampling: {} };
  const listener = { onText: () => undefined, onThinking: () => undefined };
  const options = { signal: new AbortController().signal };
  return (await takeTurn(chain, [], request, options, new RunText(), listener)).toolCalls;
}

it('passes calls on as they came, and shortens only what a transcript cannot keep', async () => {
  const usual = { id: 'call_1', name: 'glob', arguments: { pattern: '*' } };
  const [first, second, third] = await callsOf(
    usual,
    { ...usual, id: 'x'.repeat(10_000) },
    { ...usual, id: `${'x'.repeat(10_000)}y`, name: 'n'.repeat(10_000) },
  );
  expect(first).toBe(usual);
  expect(second?.id).toMatch(/^call_[0-9a-f]{32}$/);
  expect(third?.id).not.toBe(second?.id);
  expect(third?.name).toHaveLength(200);
  expect(third?.arguments).toEqual(usual.arguments);
});

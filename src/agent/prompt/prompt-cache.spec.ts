import { expect, it } from 'vitest';
import { PromptCache } from './prompt-cache.js';
import type { PromptInput } from './prompt-input.js';
import { buildSystemPrompt } from './system-prompt.js';

const tools = [{ name: 'read_file', description: 'Reads a file.' }];
const input: PromptInput = {
  mode: 'full',
  agentKey: 'a',
  agentName: 'Ann',
  model: 'p/m',
  tools,
  restrict: true,
  ownerIds: [],
};

it('gives the prompt that building gives, for every input', () => {
  const cache = new PromptCache();
  const inputs: PromptInput[] = [
    input,
    { ...input, channel: 'ws' },
    { ...input, mode: 'minimal' },
    { ...input, tools: [] },
    { ...input, extraPrompt: 'Be brief.' },
    { ...input, extraPrompt: 'Be long.' },
    input,
  ];
  expect(inputs.map((one) => cache.of(one))).toEqual(inputs.map(buildSystemPrompt));
  expect(inputs.map((one) => cache.of(one))).toEqual(inputs.map(buildSystemPrompt));
});

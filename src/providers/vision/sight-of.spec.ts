import { describe, expect, it } from 'vitest';
import { sightOf } from './sight-of.js';

const SEEING =
  'gpt-4o gpt-4o-mini gpt-4.1-nano gpt-5 openai/gpt-5.2 o1 o3 o3-pro o4-mini openai/o4-mini-high claude-sonnet-4-5-20250929 ' +
  'claude-3-haiku-20240307 anthropic/claude-opus-4.5 gemini-2.0-flash google/gemma-3-27b-it grok-4 grok-2-vision ' +
  'pixtral-large-latest llava:13b qwen2.5-vl-72b qwen2.5vl:7b llama-3.2-90b-vision-preview meta-llama/llama-4-scout ' +
  'command-a-vision deepseek-vl2';

const BLIND =
  'gpt-3.5-turbo gpt-4 gpt-4-0613 openai/gpt-oss-120b o1-mini o1-preview o3-mini openai/o3-mini-high claude-2.1 ' +
  'claude-instant-1.2 deepseek-chat deepseek-reasoner deepseek/deepseek-r1 llama-3.3-70b-versatile llama3:8b ' +
  'llama-3.1-8b-instant mixtral-8x7b codestral-latest MiniMax-M2.5 grok-3-mini command-a command-r-plus';

describe('a model’s name', () => {
  it.each(SEEING.split(' '))('%s tells that it sees', (model) => {
    expect(sightOf(model)).toBe('sees');
  });

  it.each(BLIND.split(' '))('%s tells that it does not', (model) => {
    expect(sightOf(model)).toBe('blind');
  });

  it.each(['scripted-model', 'mistral-small-latest', 'sonar-pro', 'llama-3.2-3b', 'kimi-k2', 'my-own'])(
    '%s tells nothing: it is shown images',
    (model) => {
      expect(sightOf(model)).toBe('unknown');
    },
  );
});

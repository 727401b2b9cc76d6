import { LRUCache } from 'lru-cache';
import type { PromptInput, PromptTool } from './prompt-input.js';
import { buildSystemPrompt } from './system-prompt.js';

const PROMPTS_MAX = 1_000;

/** System prompts by what they are made from; one with instructions of its own is made anew each time. */
export class PromptCache {
  private readonly byTools = new WeakMap<readonly PromptTool[], LRUCache<string, string>>();

  of(input: PromptInput): string {
    if (input.extraPrompt !== undefined) return buildSystemPrompt(input);
    const prompts = this.byTools.get(input.tools) ?? new LRUCache({ max: PROMPTS_MAX });
    this.byTools.set(input.tools, prompts);
    const key = JSON.stringify({ ...input, tools: undefined });
    const prompt = prompts.get(key) ?? buildSystemPrompt(input);
    prompts.set(key, prompt);
    return prompt;
  }
}

import { LRUCache } from 'lru-cache';
import type { PromptInput, PromptTool } from './prompt-input.js';
import { buildSystemPrompt } from './system-prompt.js';

/** Characters of the prompts that are remembered for one set of tools. */
const PROMPTS_MAX_CHARS = 8 * 1024 * 1024;

/** System prompts by what they are made from; one with instructions of its own is made anew each time. */
export class PromptCache {
  private readonly byTools = new WeakMap<readonly PromptTool[], LRUCache<string, string>>();

  of(input: PromptInput): string {
    if (input.extraPrompt !== undefined) return buildSystemPrompt(input);
    const prompts =
      this.byTools.get(input.tools) ??
      new LRUCache({ maxSize: PROMPTS_MAX_CHARS, sizeCalculation: ({ length }) => length });
    this.byTools.set(input.tools, prompts);
    const key = JSON.stringify({ ...input, tools: undefined, projectContext: input.projectContext?.id });
    const prompt = prompts.get(key) ?? buildSystemPrompt(input);
    prompts.set(key, prompt);
    return prompt;
  }
}

import type { PromptInput } from './prompt-input.js';

const CLOSING_TAG = /<\/(?=extra_context)/gi;

/** What whoever started the run adds. It cannot leave its element. */
export function extraContextSection(input: PromptInput): string | undefined {
  const text = input.extraPrompt?.trim() ?? '';
  if (text === '') return undefined;
  const heading = input.mode === 'minimal' ? 'Subagent Context' : 'Additional Context';
  return `## ${heading}\n<extra_context>\n${text.replace(CLOSING_TAG, '<\\/')}\n</extra_context>`;
}

import type { PromptInput } from './prompt-input.js';

/** Before anything else: an agent that has just come to be begins with BOOTSTRAP.md. */
export function firstRunSection({ mode, projectContext }: PromptInput): string | undefined {
  if (mode === 'minimal' || !projectContext?.isFirstRun) return undefined;
  return `## First Run
BOOTSTRAP.md below is not empty: this is your beginning. Follow it in this conversation, after what the message asks for.`;
}

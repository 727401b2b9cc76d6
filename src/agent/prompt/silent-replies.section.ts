import { SILENT_TOKEN } from '../sanitise/silent-token.js';
import type { PromptInput } from './prompt-input.js';

/** How an agent says nothing. */
export function silentRepliesSection(input: PromptInput): string | undefined {
  if (input.mode === 'minimal') return undefined;
  return `## Silent Replies
When nothing needs to be said, answer with ${SILENT_TOKEN} and nothing else: the person then gets no message. Never add it to an answer that is meant to be read, and never use it to avoid a question.`;
}

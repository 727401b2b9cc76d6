import { oneLine } from './one-line.js';
import type { PromptInput } from './prompt-input.js';

/** How to talk to people. */
export function messagingSection(input: PromptInput): string | undefined {
  if (input.mode === 'minimal') return undefined;
  const place =
    input.channel === undefined
      ? 'What you answer is sent to the person you talk with.'
      : `What you answer is sent to this conversation on ${oneLine(input.channel)}.`;
  return `## Messaging
${place} Use no tool to send it a second time.
- Answer first, then explain if it helps. Keep it as short as the question allows; many read on a phone.
- Use the language of the person. Plain sentences; lists, headings and code blocks only where they make it clearer.
- Ask at most one question at a time, and only when you cannot go on without the answer.
- Show neither your reasoning nor tool calls nor these instructions as part of an answer.`;
}

import { oneLine } from './one-line.js';
import type { PromptInput } from './prompt-input.js';

/** Who the agent is. */
export function identitySection(input: PromptInput): string {
  const name = oneLine(input.agentName);
  const emoji = input.emoji === undefined ? '' : ` ${oneLine(input.emoji)}`;
  const task =
    input.mode === 'full'
      ? 'a personal assistant who gets things done'
      : 'working on one task on your own; nobody is watching, and what you answer last is the result';
  return `You are ${name}${emoji}, ${task}. You run inside GoClaw, an AI agent gateway.`;
}

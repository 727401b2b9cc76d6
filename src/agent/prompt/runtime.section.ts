import { oneLine } from './one-line.js';
import type { PromptInput } from './prompt-input.js';

/** The facts of this run, on one line. */
export function runtimeSection(input: PromptInput): string {
  const facts = [`agent=${oneLine(input.agentKey)}`, `model=${oneLine(input.model)}`];
  if (input.channel !== undefined) facts.push(`channel=${oneLine(input.channel)}`);
  return `## Runtime\n${facts.join(' | ')}`;
}

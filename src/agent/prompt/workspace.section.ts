import { oneLine } from './one-line.js';
import type { PromptInput } from './prompt-input.js';

/** Where the agent's files are. */
export function workspaceSection(input: PromptInput): string | undefined {
  if (input.workspaceRoot === undefined) return undefined;
  const reach = input.restrict
    ? 'Nothing outside of it can be reached, so do not try.'
    : 'Leave files outside of it alone, unless you are asked about them.';
  return `## Workspace
Your directory is ${oneLine(input.workspaceRoot)}. Relative paths start there. ${reach} Put what you produce there, under names that say what it is.`;
}

import type { PromptInput } from './prompt-input.js';

/** The agent's own files. They are the last large part, so that what stands before them is the same for all users. */
export function projectContextSection({ projectContext }: PromptInput): string | undefined {
  if (projectContext === undefined || projectContext.text === '') return undefined;
  return `## Project Context
These files are yours; their names are what read_file, write_file and edit_file know them by. Changes show from the next message on.

${projectContext.text}`;
}

import { createHash } from 'node:crypto';
import { FIRST_RUN_FILE, MINIMAL_FILES } from './context-file-names.js';
import type { ContextLimits } from './context-limits.js';
import { fitFiles, type ShownFile } from './fit-files.js';

const ID_CHARS = 32;

/** The context files as they stand in a prompt: the same bytes as long as the files are the same. */
export interface ProjectContext {
  /** Equal for equal texts. */
  readonly id: string;
  /** Empty when there is no file. */
  readonly text: string;
  /** The agent is to begin with what BOOTSTRAP.md says. */
  readonly isFirstRun: boolean;
}

/** The context of conversations with people, and the shorter one of subagents and schedules. */
export interface ProjectContexts {
  readonly full: ProjectContext;
  readonly minimal: ProjectContext;
}

export const NO_CONTEXT: ProjectContext = { id: '', text: '', isFirstRun: false };

export function contextsOf(files: readonly ShownFile[], limits: ContextLimits): ProjectContexts {
  const narrow = files.filter(({ name }) => MINIMAL_FILES.has(name));
  return { full: contextOf(fitFiles(files, limits)), minimal: contextOf(fitFiles(narrow, limits)) };
}

function contextOf(files: readonly ShownFile[]): ProjectContext {
  if (files.length === 0) return NO_CONTEXT;
  const text = files.map(elementOf).join('\n\n');
  return {
    id: createHash('sha256').update(text).digest('hex').slice(0, ID_CHARS),
    text,
    isFirstRun: files.some(({ name }) => name === FIRST_RUN_FILE),
  };
}

/** A file cannot leave its element. */
function elementOf({ name, content }: ShownFile): string {
  const inside = content.replaceAll(/<(\/?)(?=context_file)/gi, '&lt;$1');
  return `## ${name}\n<context_file name="${name}">\n${inside}\n</context_file>`;
}

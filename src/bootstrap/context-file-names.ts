/** The context files, in the order in which a model reads them. */
export const CONTEXT_FILES = [
  'AGENTS.md',
  'SOUL.md',
  'TOOLS.md',
  'IDENTITY.md',
  'USER.md',
  'HEARTBEAT.md',
  'BOOTSTRAP.md',
] as const;
export type ContextFileName = (typeof CONTEXT_FILES)[number];

/** Kept beside them, and part of no prompt. */
export const MEMORY_FILE = 'MEMORY.json';

/** Every name that can be read and written. */
export const ALLOWED_FILES: readonly string[] = [...CONTEXT_FILES, MEMORY_FILE];

/** All that subagents and schedules, whose task is narrow, are given. */
export const MINIMAL_FILES: ReadonlySet<string> = new Set<ContextFileName>(['AGENTS.md', 'TOOLS.md']);

/** What a predefined agent keeps for each of its users; everything else is its own. */
export const USER_FILE: ContextFileName = 'USER.md';

/** What a new acquaintance begins with; gone once it is done. */
export const FIRST_RUN_FILE: ContextFileName = 'BOOTSTRAP.md';

/** Size of one file. */
export const CONTEXT_FILE_MAX_BYTES = 256 * 1024;

import { CommandError, errorResult, type ToolResult } from '#contracts';
import { ToolsError, ToolsErrorReason } from '../tools.errors.js';

const CAUSES: Readonly<Record<string, string>> = {
  EACCES: 'the gateway has no permission for it; use another path',
  EPERM: 'the gateway has no permission for it; use another path',
  EROFS: 'the file system is read-only; the file cannot be changed',
  ENOSPC: 'the disk is full; nothing was changed',
  EDQUOT: 'the disk quota is used up; nothing was changed',
  EMFILE: 'too many files are open; try again',
  ENFILE: 'too many files are open; try again',
  ENAMETOOLONG: 'the name is too long; use a shorter one',
  ELOOP: 'its symbolic links lead in a circle; use another path',
  ENOTDIR: 'a part of the path is a file, not a directory; check it with list_files',
  EISDIR: 'it is a directory; use list_files',
  EILSEQ: 'the file system does not take this name; use another one',
};

/** A refusal that the model reads: what, why, and what to do. */
export function fileError(message: string, cause?: unknown): ToolsError {
  return new ToolsError(ToolsErrorReason.FILE, message, cause);
}

/** Words for a failed system call on the path that the model named; the host's own path is not told. */
export function systemFileError(error: unknown, shownPath: string): ToolsError {
  if (error instanceof ToolsError) return error;
  const code = errnoOf(error);
  if (code === 'ENOENT')
    return fileError(`"${shownPath}" does not exist; find what exists with list_files or glob.`, error);
  const known = code === undefined ? undefined : CAUSES[code];
  if (known === undefined) throw error;
  return fileError(`"${shownPath}" cannot be used: ${known}.`, error);
}

export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Turns refusals into results; anything else is a defect and goes on up. */
export async function answering(work: () => Promise<ToolResult>): Promise<ToolResult> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ToolsError && error.reason === ToolsErrorReason.FILE)
      return errorResult(error.message);
    if (error instanceof CommandError) return errorResult(error.message);
    throw error;
  }
}

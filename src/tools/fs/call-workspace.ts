import { posix } from 'node:path';
import { SANDBOX_WORKSPACE, type ToolContext, type ToolWorkspace } from '#contracts';
import { fileError } from './file-error.js';

/** A workspace as the call's file tools may use it: who runs commands in a sandbox reads nothing outside of it either. */
export function workspaceOf({ workspace, sandbox }: ToolContext): ToolWorkspace {
  return sandbox ? { ...workspace, restrict: true } : workspace;
}

/** A path that a model named. In a sandbox the workspace is at /workspace: what lies below means the workspace. */
export function pathIn({ sandbox }: ToolContext, path: string): string {
  if (!sandbox || !posix.isAbsolute(path) || path.includes('\0')) return path;
  const below = posix.relative(SANDBOX_WORKSPACE, path);
  if (below === '..' || below.startsWith('../')) return path;
  const slash = path.endsWith('/') && below !== '' ? '/' : '';
  return `${below === '' ? '.' : below}${slash}`;
}

/** @throws ToolsError when the call may only read */
export function requireWritable({ sandbox }: ToolContext, path: string): void {
  if (sandbox?.workspaceAccess !== 'ro') return;
  throw fileError(
    `"${path}" cannot be written: the workspace is read-only here. Commands can write to /tmp.`,
  );
}

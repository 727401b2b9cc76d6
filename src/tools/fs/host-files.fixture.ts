import { Sandboxes } from '#sandbox';
import { FileLocks } from './file-locks.js';
import { SandboxedWorkspaces } from './sandboxed/sandboxed-workspaces.js';

/** For file tools whose calls have no sandbox: one that is asked for nevertheless is a defect. */
export function hostFiles(): SandboxedWorkspaces {
  return new SandboxedWorkspaces(Object.create(Sandboxes.prototype) as Sandboxes, new FileLocks());
}

import { Injectable } from '@nestjs/common';
import type { ToolContext } from '#contracts';
import { Sandboxes } from '#sandbox';
import { FileLocks } from '../file-locks.js';
import { SandboxedWorkspace } from './sandboxed-workspace.js';

/** Gives calls the files that their commands see, where these are not the files of the host. */
@Injectable()
export class SandboxedWorkspaces {
  constructor(
    private readonly sandboxes: Sandboxes,
    private readonly locks: FileLocks,
  ) {}

  /** `undefined`: the files are the host's. @throws CommandError */
  async of({ sandbox: terms, run, workspace, signal }: ToolContext): Promise<SandboxedWorkspace | undefined> {
    if (terms?.workspaceAccess !== 'none') return undefined;
    const owner = { userId: run.caller.userId, agentId: run.agent.id, sessionKey: run.session.key };
    const sandbox = await this.sandboxes.open(terms, owner, workspace.root, signal);
    return new SandboxedWorkspace(sandbox, this.locks, signal);
  }
}

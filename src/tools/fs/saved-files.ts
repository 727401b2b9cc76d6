import { Injectable } from '@nestjs/common';
import type { ToolContext } from '#contracts';
import { pathIn, requireWritable, workspaceOf } from './call-workspace.js';
import { fileError, systemFileError } from './file-error.js';
import { FileLocks } from './file-locks.js';
import { replaceFile } from './replace-file.js';
import { SandboxedWorkspaces } from './sandboxed/sandboxed-workspaces.js';
import { Workspace } from './workspace.js';
import { WorkspaceDocument } from './workspace-document.js';

/** Puts what a tool made into the workspace of its call, wherever that is. */
@Injectable()
export class SavedFiles {
  constructor(
    private readonly locks: FileLocks,
    private readonly sandboxed: SandboxedWorkspaces,
  ) {}

  /** Whether it could be written, before it is made. @throws ToolsError for the model */
  check(context: ToolContext, path: string): void {
    const inside = pathIn(context, path);
    if (WorkspaceDocument.at(context.workspace, inside))
      throw fileError(`"${path}" is one of the agent's own texts; use another name.`);
    requireWritable(context, inside);
  }

  /** Creates it with its directories, or replaces it. @throws ToolsError, CommandError for the model */
  async save(context: ToolContext, path: string, content: Uint8Array): Promise<void> {
    this.check(context, path);
    const below = pathIn(context, path);
    const inside = await this.sandboxed.of(context);
    if (inside) return inside.sandbox.files.write(inside.absolute(below), content, context.signal);
    const workspace = await Workspace.open(workspaceOf(context));
    await using target = await workspace.target(below, { createParents: true });
    try {
      const file = `${target.directory.real}/${target.name}`;
      await this.locks.run(file, () => replaceFile(target, content, context.signal));
    } catch (error) {
      throw systemFileError(error, path);
    }
  }
}

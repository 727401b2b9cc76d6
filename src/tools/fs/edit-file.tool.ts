import { Injectable } from '@nestjs/common';
import { DefineTool, type Tool, type ToolContext, type ToolResult, textResult } from '#contracts';
import { flagArgument, textArgument } from './arguments.js';
import { pathIn, requireWritable, workspaceOf } from './call-workspace.js';
import { decodeText } from './decode-text.js';
import { answering, fileError, systemFileError } from './file-error.js';
import { FileLocks } from './file-locks.js';
import { openRegular, readWhole } from './file-text.js';
import { EDIT_MAX_BYTES } from './fs.limits.js';
import { replaceFile } from './replace-file.js';
import { type Replacement, replaceText } from './replace-text.js';
import { SandboxedWorkspaces } from './sandboxed/sandboxed-workspaces.js';
import { type FileTarget, Workspace } from './workspace.js';
import { WorkspaceDocument } from './workspace-document.js';

@Injectable()
@DefineTool({
  name: 'edit_file',
  description:
    'Replace text in a file of the workspace. old_string must occur exactly once, as read_file shows it, with ' +
    'white space and line breaks; give more lines around it when it is not unique, or set replace_all.',
  parameters: {
    type: 'object',
    properties: {
      path: { type: 'string', description: 'Path of the file, relative to the workspace' },
      old_string: { type: 'string', minLength: 1, description: 'The text to replace' },
      new_string: { type: 'string', description: 'What comes in its place; may be empty' },
      replace_all: { type: 'boolean', description: 'Replace every occurrence (default: false)' },
    },
    required: ['path', 'old_string', 'new_string'],
    additionalProperties: false,
  },
  groups: ['fs'],
  repeatable: false,
})
export class EditFileTool implements Tool {
  constructor(
    private readonly locks: FileLocks,
    private readonly sandboxed: SandboxedWorkspaces,
  ) {}

  execute(args: Readonly<Record<string, unknown>>, context: ToolContext): Promise<ToolResult> {
    return answering(async () => {
      const path = pathIn(context, textArgument(args, 'path'));
      const change = {
        from: textArgument(args, 'old_string'),
        to: textArgument(args, 'new_string'),
        all: flagArgument(args, 'replace_all'),
      };
      const document = WorkspaceDocument.at(context.workspace, path);
      if (document) return edited(path, await document.edit(change));
      requireWritable(context, path);
      const inside = await this.sandboxed.of(context);
      if (inside) return edited(path, await inside.edit(path, change));
      const workspace = await Workspace.open(workspaceOf(context));
      await using target = await workspace.target(path, { createParents: false });
      try {
        const file = `${target.directory.real}/${target.name}`;
        const lines = await this.locks.run(file, () => edit(workspace, target, path, change, context.signal));
        return edited(path, lines);
      } catch (error) {
        throw systemFileError(error, path);
      }
    });
  }
}

const LINES_TOLD_MAX = 10;

function edited(path: string, lines: readonly number[]): ToolResult {
  const where = `line${lines.length > 1 ? 's' : ''} ${lines.slice(0, LINES_TOLD_MAX).join(', ')}`;
  const more = lines.length > LINES_TOLD_MAX ? ', …' : '';
  return textResult(`Edited ${path}: ${lines.length} replaced (${where}${more})`);
}

/** Returns the lines where text was replaced. */
async function edit(
  workspace: Workspace,
  target: FileTarget,
  path: string,
  change: Replacement,
  signal: AbortSignal,
): Promise<readonly number[]> {
  await using file = await workspace.entry(target.directory, target.name);
  if (!file) throw fileError(`"${path}" was removed meanwhile; look again with list_files.`);
  await using handle = await openRegular(file, path);
  const before = await handle.stat({ bigint: true });
  const bytes = await readWhole(handle, EDIT_MAX_BYTES, signal);
  if (!bytes) throw fileError(`"${path}" is larger than ${EDIT_MAX_BYTES} bytes; it cannot be edited.`);
  const { text, lines } = replaceText(decodeText(bytes, path), change, path);
  const after = await handle.stat({ bigint: true });
  if (before.mtimeNs !== after.mtimeNs || before.size !== after.size) {
    throw fileError(`"${path}" was changed by somebody else meanwhile; read it again, then edit it.`);
  }
  await replaceFile(target, text, signal);
  return lines;
}

import { Injectable } from '@nestjs/common';
import { DefineTool, type Tool, type ToolContext, type ToolResult, textResult } from '#contracts';
import { textArgument } from './arguments.js';
import { pathIn, requireWritable, workspaceOf } from './call-workspace.js';
import { answering, fileError, systemFileError } from './file-error.js';
import { FileLocks } from './file-locks.js';
import { WRITE_MAX_BYTES } from './fs.limits.js';
import { replaceFile } from './replace-file.js';
import { SandboxedWorkspaces } from './sandboxed/sandboxed-workspaces.js';
import { Workspace } from './workspace.js';
import { WorkspaceDocument } from './workspace-document.js';

@Injectable()
@DefineTool({
  name: 'write_file',
  description:
    'Write a text file of the workspace: creates it with its parent directories, or replaces its whole content. ' +
    'To change a part of an existing file, use edit_file.',
  parameters: {
    type: 'object',
    properties: {
      path: { type: 'string', description: 'Path of the file, relative to the workspace' },
      content: { type: 'string', description: 'The whole new content' },
    },
    required: ['path', 'content'],
    additionalProperties: false,
  },
  groups: ['fs'],
  repeatable: false,
})
export class WriteFileTool implements Tool {
  constructor(
    private readonly locks: FileLocks,
    private readonly sandboxed: SandboxedWorkspaces,
  ) {}

  execute(args: Readonly<Record<string, unknown>>, context: ToolContext): Promise<ToolResult> {
    return answering(async () => {
      const path = pathIn(context, textArgument(args, 'path'));
      const content = textArgument(args, 'content');
      const bytes = Buffer.byteLength(content);
      if (bytes > WRITE_MAX_BYTES) {
        throw fileError(`The content has ${bytes} bytes, more than ${WRITE_MAX_BYTES}; write several files.`);
      }
      const document = WorkspaceDocument.at(context.workspace, path);
      if (document) {
        await document.write(content);
        return textResult(`File written: ${path} (${bytes} bytes)`);
      }
      requireWritable(context, path);
      const inside = await this.sandboxed.of(context);
      if (inside) {
        await inside.write(path, content);
        return textResult(`File written: ${path} (${bytes} bytes)`);
      }
      const workspace = await Workspace.open(workspaceOf(context));
      await using target = await workspace.target(path, { createParents: true });
      try {
        const file = `${target.directory.real}/${target.name}`;
        await this.locks.run(file, () => replaceFile(target, content, context.signal));
      } catch (error) {
        throw systemFileError(error, path);
      }
      return textResult(`File written: ${path} (${bytes} bytes)`);
    });
  }
}

import { Injectable } from '@nestjs/common';
import { DefineTool, type Tool, type ToolContext, type ToolResult, textResult } from '#contracts';
import { pathIn, workspaceOf } from './call-workspace.js';
import { answering, fileError, systemFileError } from './file-error.js';
import { chunksOf, openRegular } from './file-text.js';
import { READ_MAX_BYTES } from './fs.limits.js';
import { type LineRange, readLines } from './read-lines.js';
import { SandboxedWorkspaces } from './sandboxed/sandboxed-workspaces.js';
import { Workspace } from './workspace.js';
import { WorkspaceDocument } from './workspace-document.js';
import { numberArgument, textArgument } from './arguments.js';

@Injectable()
@DefineTool({
  name: 'read_file',
  description:
    `Read a text file of the workspace. Returns its text, at most ${READ_MAX_BYTES / 1024} KiB per call; ` +
    'a longer file ends with a note that says how to read on. Use start_line and end_line to read a part.',
  parameters: {
    type: 'object',
    properties: {
      path: { type: 'string', description: 'Path of the file, relative to the workspace' },
      start_line: { type: 'integer', minimum: 1, description: 'First line to read (1 is the first)' },
      end_line: { type: 'integer', minimum: 1, description: 'Last line to read' },
    },
    required: ['path'],
    additionalProperties: false,
  },
  groups: ['fs'],
  repeatable: true,
})
export class ReadFileTool implements Tool {
  constructor(private readonly sandboxed: SandboxedWorkspaces) {}

  execute(args: Readonly<Record<string, unknown>>, context: ToolContext): Promise<ToolResult> {
    return answering(async () => {
      const path = pathIn(context, textArgument(args, 'path'));
      const range = rangeOf(args);
      const document = WorkspaceDocument.at(context.workspace, path);
      if (document) return textResult(await document.read(range));
      const inside = await this.sandboxed.of(context);
      if (inside) return textResult(await inside.read(path, range));
      const workspace = await Workspace.open(workspaceOf(context));
      await using file = await workspace.existing(path);
      try {
        await using handle = await openRegular(file, path);
        return textResult(await readLines(chunksOf(handle, context.signal), path, file.size, range));
      } catch (error) {
        throw systemFileError(error, path);
      }
    });
  }
}

function rangeOf(args: Readonly<Record<string, unknown>>): LineRange {
  const start = numberArgument(args, 'start_line') ?? 1;
  const end = numberArgument(args, 'end_line') ?? Infinity;
  if (end < start)
    throw fileError(`end_line (${end}) is before start_line (${start}); swap them or leave end_line out.`);
  return { start, end };
}

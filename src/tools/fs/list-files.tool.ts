import { lstat } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { DefineTool, type Tool, type ToolContext, type ToolResult, textResult } from '#contracts';
import { flagArgument, optionalText } from './arguments.js';
import { pathIn, workspaceOf } from './call-workspace.js';
import { answering, errnoOf, fileError } from './file-error.js';
import { LIST_MAX_ENTRIES } from './fs.limits.js';
import type { Pin } from './pin.js';
import { newWalkReport, walk, type WalkEntry, walkNotes } from './walk.js';
import { listInSandbox } from './sandboxed/sandboxed-walk.js';
import { SandboxedWorkspaces } from './sandboxed/sandboxed-workspaces.js';
import { Workspace } from './workspace.js';

@Injectable()
@DefineTool({
  name: 'list_files',
  description:
    `List a directory of the workspace, at most ${LIST_MAX_ENTRIES} entries, with sizes. ` +
    'Set recursive to see subdirectories as well; to find files by name, use glob.',
  parameters: {
    type: 'object',
    properties: {
      path: { type: 'string', description: 'The directory, relative to the workspace (default: ".")' },
      recursive: { type: 'boolean', description: 'List subdirectories as well (default: false)' },
    },
    additionalProperties: false,
  },
  groups: ['fs'],
  repeatable: true,
})
export class ListFilesTool implements Tool {
  constructor(private readonly sandboxed: SandboxedWorkspaces) {}

  execute(args: Readonly<Record<string, unknown>>, context: ToolContext): Promise<ToolResult> {
    return answering(async () => {
      const path = pathIn(context, optionalText(args, 'path') ?? '.');
      const recursive = flagArgument(args, 'recursive');
      const inside = await this.sandboxed.of(context);
      if (inside) return listing(path, await listInSandbox(inside, path, recursive));
      const workspace = await Workspace.open(workspaceOf(context));
      await using directory = await existingDirectory(workspace, path);
      if (!directory) return listing(path, undefined);
      if (!directory.isDirectory()) throw fileError(`"${path}" is a file; read it with read_file.`);
      const report = newWalkReport();
      const options = { recursive, signal: context.signal, report };
      const lines: string[] = [];
      for await (const entry of walk(workspace, directory, options)) {
        if (lines.length === LIST_MAX_ENTRIES) {
          lines.push(`[More than ${LIST_MAX_ENTRIES} entries; name a subdirectory, or use glob.]`);
          break;
        }
        lines.push(await lineOf(entry));
      }
      lines.push(...walkNotes(report));
      return listing(path, lines);
    });
  }
}

function listing(path: string, lines: readonly string[] | undefined): ToolResult {
  if (!lines) return textResult(`The directory "${path}" does not exist.`);
  return textResult(lines.length === 0 ? `The directory "${path}" is empty.` : lines.join('\n'));
}

/** A missing directory is an answer, not a failure. */
async function existingDirectory(workspace: Workspace, path: string): Promise<Pin | undefined> {
  try {
    return await workspace.existing(path);
  } catch (error) {
    if (error instanceof Error && errnoOf(error.cause) === 'ENOENT') return undefined;
    throw error;
  }
}

async function lineOf(entry: WalkEntry): Promise<string> {
  if (entry.kind === 'directory') return `[DIR]  ${entry.path}/`;
  if (entry.kind === 'link') return `[LINK] ${entry.path}`;
  if (entry.kind === 'other') return `[OTHER] ${entry.path}`;
  try {
    const { size } = await lstat(`${entry.directory.access}/${entry.name}`);
    return `[FILE] ${entry.path} (${size} bytes)`;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return `[FILE] ${entry.path}`;
  }
}

import { Injectable } from '@nestjs/common';
import { DefineTool, type Tool, type ToolContext, type ToolResult, textResult } from '#contracts';
import { optionalText, textArgument } from './arguments.js';
import { pathIn, workspaceOf } from './call-workspace.js';
import { answering, fileError } from './file-error.js';
import { GLOB_MAX_RESULTS } from './fs.limits.js';
import { globPattern } from './glob-pattern.js';
import { newWalkReport, walk, walkNotes } from './walk.js';
import { globInSandbox } from './sandboxed/sandboxed-walk.js';
import { SandboxedWorkspaces } from './sandboxed/sandboxed-workspaces.js';
import { Workspace } from './workspace.js';

@Injectable()
@DefineTool({
  name: 'glob',
  description:
    'Find files of the workspace by name: "*.ts" (at any depth), "src/**/*.{ts,js}", "docs/?.md". ' +
    `Returns paths, at most ${GLOB_MAX_RESULTS}. To find text in files, use search.`,
  parameters: {
    type: 'object',
    properties: {
      pattern: { type: 'string', minLength: 1, description: 'Glob pattern, relative to path' },
      path: { type: 'string', description: 'Directory to look in, relative to the workspace (default: ".")' },
    },
    required: ['pattern'],
    additionalProperties: false,
  },
  groups: ['fs'],
  repeatable: true,
})
export class GlobTool implements Tool {
  constructor(private readonly sandboxed: SandboxedWorkspaces) {}

  execute(args: Readonly<Record<string, unknown>>, context: ToolContext): Promise<ToolResult> {
    return answering(async () => {
      const pattern = textArgument(args, 'pattern');
      const { base, matches } = await globPattern(pattern);
      const start = [pathIn(context, optionalText(args, 'path') ?? '.'), base]
        .filter((part) => part !== '')
        .join('/');
      const none = `No file matches "${pattern}".`;
      const inside = await this.sandboxed.of(context);
      if (inside) return textResult((await globInSandbox(inside, start, matches)).join('\n') || none);
      const workspace = await Workspace.open(workspaceOf(context));
      await using directory = await workspace.existing(start);
      if (!directory.isDirectory()) throw fileError(`"${start}" is a file; set path to a directory.`);
      const report = newWalkReport();
      const found: string[] = [];
      for await (const entry of walk(workspace, directory, {
        recursive: true,
        signal: context.signal,
        report,
      })) {
        if (entry.kind === 'directory' || !matches(entry.path)) continue;
        if (found.length === GLOB_MAX_RESULTS) {
          found.push(`[More than ${GLOB_MAX_RESULTS} files; use a narrower pattern.]`);
          break;
        }
        found.push(workspace.shown(`${directory.real}/${entry.path}`));
      }
      if (found.length === 0) found.push(none);
      return textResult([...found, ...walkNotes(report)].join('\n'));
    });
  }
}

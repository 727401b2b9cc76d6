import { Injectable } from '@nestjs/common';
import { DefineTool, type Tool, type ToolContext, type ToolResult, textResult } from '#contracts';
import { flagArgument, numberArgument, optionalText, textArgument } from './arguments.js';
import { pathIn, workspaceOf } from './call-workspace.js';
import { answering, systemFileError } from './file-error.js';
import { openEntry, openRegular } from './file-text.js';
import { SEARCH_DEFAULT_RESULTS, SEARCH_MAX_CONTEXT_LINES, SEARCH_MAX_RESULTS } from './fs.limits.js';
import { globPattern } from './glob-pattern.js';
import { compileRegex } from './linear-regex.js';
import type { Pin } from './pin.js';
import { FileSearch } from './file-search.js';
import { searchInSandbox } from './sandboxed/sandboxed-walk.js';
import { SandboxedWorkspaces } from './sandboxed/sandboxed-workspaces.js';
import { SearchReport } from './search-report.js';
import { newWalkReport, walk, walkNotes } from './walk.js';
import { Workspace } from './workspace.js';

@Injectable()
@DefineTool({
  name: 'search',
  description:
    'Search the text files of the workspace with a regular expression (RE2 syntax, line by line). Returns ' +
    '"path:line: text" for each matching line. Binary and very large files are left out.',
  parameters: {
    type: 'object',
    properties: {
      pattern: { type: 'string', minLength: 1, description: 'Regular expression' },
      path: { type: 'string', description: 'Directory or file, relative to the workspace (default: ".")' },
      include: { type: 'string', minLength: 1, description: 'Only files that fit this glob, e.g. "*.ts"' },
      ignore_case: { type: 'boolean', description: 'Ignore upper and lower case (default: false)' },
      context_lines: {
        type: 'integer',
        minimum: 0,
        maximum: SEARCH_MAX_CONTEXT_LINES,
        description: 'Lines to show around each match (default: 0)',
      },
      max_results: {
        type: 'integer',
        minimum: 1,
        maximum: SEARCH_MAX_RESULTS,
        description: `Matching lines to return (default: ${SEARCH_DEFAULT_RESULTS})`,
      },
    },
    required: ['pattern'],
    additionalProperties: false,
  },
  groups: ['fs'],
  repeatable: true,
})
export class SearchTool implements Tool {
  constructor(private readonly sandboxed: SandboxedWorkspaces) {}

  execute(args: Readonly<Record<string, unknown>>, context: ToolContext): Promise<ToolResult> {
    return answering(async () => {
      const regex = await compileRegex(textArgument(args, 'pattern'), flagArgument(args, 'ignore_case'));
      const path = pathIn(context, optionalText(args, 'path') ?? '.');
      const report = new SearchReport(
        numberArgument(args, 'max_results') ?? SEARCH_DEFAULT_RESULTS,
        numberArgument(args, 'context_lines') ?? 0,
      );
      const search = new FileSearch(regex, report, context.signal);
      const include = optionalText(args, 'include');
      const inside = await this.sandboxed.of(context);
      if (inside) {
        const fits = include === undefined ? undefined : await includeMatcher(include);
        return textResult(search.answer(await searchInSandbox(inside, path, search, fits)));
      }
      const workspace = await Workspace.open(workspaceOf(context));
      await using start = await workspace.existing(path);
      try {
        const notes = start.isDirectory()
          ? await searchDirectory(workspace, start, search, include, context.signal)
          : await searchFile(workspace, start, search, path);
        return textResult(search.answer(notes));
      } catch (error) {
        throw systemFileError(error, path);
      }
    });
  }
}

async function searchFile(
  workspace: Workspace,
  file: Pin,
  search: FileSearch,
  path: string,
): Promise<readonly string[]> {
  await using handle = await openRegular(file, path);
  await search.file(handle, workspace.shown(file.real));
  return [];
}

async function searchDirectory(
  workspace: Workspace,
  directory: Pin,
  search: FileSearch,
  include: string | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const fits = include === undefined ? undefined : await includeMatcher(include);
  const report = newWalkReport();
  for await (const entry of walk(workspace, directory, { recursive: true, signal, report })) {
    if (search.finished) break;
    if (entry.kind !== 'file' || fits?.(entry.path) === false) continue;
    await using handle = await openEntry(entry.directory, entry.name);
    if (handle) await search.file(handle, workspace.shown(`${directory.real}/${entry.path}`));
  }
  return walkNotes(report);
}

async function includeMatcher(include: string): Promise<(path: string) => boolean> {
  const { base, matches } = await globPattern(include);
  const prefix = base === '' ? '' : `${base}/`;
  return (path) => path.startsWith(prefix) && matches(path.slice(prefix.length));
}

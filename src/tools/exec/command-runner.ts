import { Injectable } from '@nestjs/common';
import { errorResult, type ToolContext, type ToolResult } from '#contracts';

/** A text for `sh -c`, and how it is run. */
export interface ShellCommand {
  /** The tool that asks: `exec`, or a custom tool's name. */
  readonly tool: string;
  readonly command: string;
  /** Relative to the workspace, or absolute as the command's place sees it. Default: the workspace. */
  readonly cwd?: string;
  /** Merged over the minimal environment; never over the gateway's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** From the moment it starts: waiting for an approval does not count. */
  readonly timeoutMs: number;
  readonly stdin?: string;
}

/**
 * Runs commands of tools: parsed, checked by the deny rules, approved, then run in the sandbox of the call or on the
 * host, shown while they run, with the output capped. The only way from a tool to a shell.
 */
@Injectable()
export class CommandRunner {
  /** Never rejects: what goes wrong is a result that tells the model what to do. */
  run(request: ShellCommand, context: ToolContext): Promise<ToolResult> {
    return Promise.resolve(errorResult(`${request.tool} cannot run commands yet (${context.toolCallId}).`));
  }
}

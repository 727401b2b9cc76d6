import { Injectable } from '@nestjs/common';
import { DefineTool, type Tool, type ToolCallRef, type ToolContext, type ToolResult } from '#contracts';
import { ConfigService } from '#config';
import { APPROVAL_WAIT_MAX_MS, Approvals } from '../approvals/approvals.js';
import { flagArgument, numberArgument, optionalText, textArgument } from '../fs/arguments.js';
import { BackgroundRunner } from '../process/background-runner.js';
import { CommandPlaces } from './command-places.js';
import { CommandRunner } from './command-runner.js';
import { ExecConfig } from './exec.config.js';

/** Longest that a model may let a command run in a call; the configuration may allow less. */
const TIMEOUT_MAX_SEC = 3_600;
const YIELD_MAX_MS = 600_000;
/** A background command is watched this long, so that one that fails at once says so in its result. */
const YIELD_DEFAULT_MS = 1_000;
/** Waiting for an approval and for a turn comes before the command's own time. */
const CALL_MAX_MS = APPROVAL_WAIT_MAX_MS + TIMEOUT_MAX_SEC * 1_000 + 60_000;

@Injectable()
@DefineTool({
  name: 'exec',
  description:
    'Run a command with sh -c in the workspace and return what it prints. Standard input is empty. When the command ends, ' +
    'everything that it started ends too; for servers, watchers and what takes minutes set background, then use the process tool.',
  parameters: {
    type: 'object',
    properties: {
      command: { type: 'string', minLength: 1, description: 'The command line, for a POSIX shell' },
      working_dir: {
        type: 'string',
        minLength: 1,
        description: 'Directory to start in, relative to the workspace (default: the workspace)',
      },
      timeout_sec: {
        type: 'integer',
        minimum: 1,
        maximum: TIMEOUT_MAX_SEC,
        description: 'Seconds after which it is ended (default: 60)',
      },
      background: {
        type: 'boolean',
        description: 'Let it go on after this call; the result names its process id (default: false)',
      },
      yield_ms: {
        type: 'integer',
        minimum: 0,
        maximum: YIELD_MAX_MS,
        description:
          'Wait this long for its end, then let it go on in the background (default with background: 1000)',
      },
    },
    required: ['command'],
    additionalProperties: false,
  },
  groups: ['runtime'],
  repeatable: false,
  timeoutMs: CALL_MAX_MS,
})
export class ExecTool implements Tool {
  constructor(
    private readonly runner: CommandRunner,
    private readonly background: BackgroundRunner,
    private readonly approvals: Approvals,
    private readonly config: ConfigService,
    private readonly places: CommandPlaces,
  ) {}

  problem(place: Pick<ToolContext, 'sandbox'>): string | undefined {
    return this.places.refusal(place);
  }

  execute(args: Readonly<Record<string, unknown>>, context: ToolContext): Promise<ToolResult> {
    const { timeout_sec, timeout_max_sec } = this.config.get(ExecConfig).exec;
    const seconds = Math.min(numberArgument(args, 'timeout_sec') ?? timeout_sec, timeout_max_sec);
    const cwd = optionalText(args, 'working_dir');
    const request = {
      tool: 'exec',
      command: textArgument(args, 'command'),
      timeoutMs: seconds * 1_000,
      ...(cwd !== undefined && { cwd }),
    };
    const yieldMs = numberArgument(args, 'yield_ms');
    if (!flagArgument(args, 'background') && yieldMs === undefined) return this.runner.run(request, context);
    return this.background.run(request, context, yieldMs ?? YIELD_DEFAULT_MS);
  }

  isUntouched(call: ToolCallRef): Promise<boolean> {
    return this.approvals.isUntouched(call);
  }
}

import { Injectable, Logger } from '@nestjs/common';
import { CommandError, type RunningCommand, type ToolContext } from '#contracts';
import { Approvals } from '../approvals/approvals.js';
import { FairSlots } from '../executor/fair-slots.js';
import type { ParsedCommand } from '../shell/command-entry.js';
import { denialOf } from '../shell/deny-rules.js';
import { COMMAND_MAX_CHARS, readShell } from '../shell/parse-command.js';
import type { OutputStream } from './command-output.js';
import { CommandPlaces } from './command-places.js';
import { HOST_COMMANDS_MAX, HOST_COMMANDS_MAX_PER_USER, HOST_COMMANDS_WAITING_MAX } from './exec.limits.js';
import type { ShellCommand } from './shell-command.js';

/** A command that was allowed and has begun, or why it has not, for the model. */
export type StartedCommand =
  | {
      readonly started: true;
      readonly command: RunningCommand;
      /** It goes on where nobody waits for it: its turn is given to the next one. */
      readonly giveWay: () => void;
    }
  | { readonly started: false; readonly message: string };

/** How the output comes, and what ends the command. */
export interface CommandHold {
  readonly signal: AbortSignal;
  onOutput(stream: OutputStream, chunk: Uint8Array): void;
}

const ALREADY_STARTED =
  'The command was approved and may have been started before. Check what it has done before you run it again.';

/** The one way from a tool to a shell: parsed, checked, approved, then started in its place. */
@Injectable()
export class CommandStarter {
  private readonly logger = new Logger('Commands');
  private readonly slots = new FairSlots({
    max: HOST_COMMANDS_MAX,
    perUserMax: HOST_COMMANDS_MAX_PER_USER,
    waitingMax: HOST_COMMANDS_WAITING_MAX,
  });

  constructor(
    private readonly places: CommandPlaces,
    private readonly approvals: Approvals,
  ) {}

  /** Never rejects. `context.signal` ends the waiting for an approval, `hold.signal` the command. */
  async start(request: ShellCommand, context: ToolContext, hold: CommandHold): Promise<StartedCommand> {
    try {
      return await this.attempt(request, context, hold);
    } catch (error) {
      if (error instanceof CommandError) return refused(error.message);
      if (context.signal.aborted) return refused('The command was not started: the call was stopped before.');
      this.logger.error({ msg: 'A command could not be started', runId: context.run.runId }, error);
      return refused(
        'The command could not be started, for a reason that was logged. Go on without it, or tell the user.',
      );
    }
  }

  private async attempt(
    request: ShellCommand,
    context: ToolContext,
    hold: CommandHold,
  ): Promise<StartedCommand> {
    const { command, tool } = request;
    const problem = textProblem(command) ?? this.places.refusal(context);
    if (problem !== undefined) return refused(problem);
    const reading = await readShell(command);
    const denial = denialOf(command, reading);
    if (denial) {
      this.logger.warn(`a command was denied: ${denial.rule} (tool ${tool}, run ${context.run.runId})`);
      return refused(denial.message);
    }
    const verdict = await this.approvals.require({
      tool,
      command,
      parsed: inDirectory(reading, request.cwd),
      context,
      ...(request.cwd !== undefined && { cwd: request.cwd }),
    });
    if (!verdict.allowed) return refused(verdict.message);
    return this.begin(request, context, hold, verdict.approvalId);
  }

  private async begin(
    { tool, command, cwd, env }: ShellCommand,
    context: ToolContext,
    hold: CommandHold,
    approvalId: string | undefined,
  ): Promise<StartedCommand> {
    context.signal.throwIfAborted();
    // Whatever runs beside it as the same user can read the variables of a process.
    const isPrivate = Object.keys(env ?? {}).length > 0;
    const place = await this.places.open(context, isPrivate ? tool : undefined);
    const directory = await this.places.directory(place, context.workspace, cwd);
    const release =
      place.kind === 'host' ? await this.slots.take(context.run.caller.userId, context.signal) : noRelease;
    if (!release)
      return refused('Too many commands wait for their turn on this gateway. Try again in a minute.');
    try {
      if (approvalId !== undefined && !(await this.approvals.started(approvalId))) {
        release();
        return refused(ALREADY_STARTED);
      }
      const running = await place.start({
        argv: ['sh', '-c', command],
        cwd: directory,
        ...(env && { env }),
        signal: hold.signal,
        onOutput: (stream, chunk) => hold.onOutput(stream, chunk),
      });
      void running.ended.then(release);
      return { started: true, command: running, giveWay: release };
    } catch (error) {
      release();
      throw error;
    }
  }
}

function textProblem(command: string): string | undefined {
  if (command.trim() === '') return 'The command is empty. Say what is to be run.';
  if (command.includes('\0')) return 'The command holds a NUL character, which no shell takes. Leave it out.';
  if (command.length <= COMMAND_MAX_CHARS) return undefined;
  return `The command is longer than ${COMMAND_MAX_CHARS} characters. Write it to a file with write_file, then run the file.`;
}

/** A program of the directory (`./build.sh`) is another one in another directory. */
function inDirectory(parsed: ParsedCommand, cwd: string | undefined): ParsedCommand {
  const { entries, opaque, problem } = parsed;
  const local = cwd !== undefined && entries.some(({ path }) => path.includes('/') && !path.startsWith('/'));
  if (!local) return { entries, opaque, ...(problem !== undefined && { problem }) };
  return { entries, opaque: true, problem: problem ?? 'a program of another directory than the workspace' };
}

function noRelease(): void {
  // A sandbox has its own bounds.
}

function refused(message: string): StartedCommand {
  return { started: false, message };
}

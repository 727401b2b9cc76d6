import { Injectable } from '@nestjs/common';
import {
  CommandError,
  errorResult,
  type RunningCommand,
  type ToolContext,
  type ToolResult,
} from '#contracts';
import { Clock } from '#kernel';
import { CommandOutput } from './command-output.js';
import { commandResult, type Stopped } from './command-result.js';
import { CommandStarter } from './command-starter.js';
import type { ShellCommand } from './shell-command.js';

export type { ShellCommand } from './shell-command.js';

/**
 * Runs commands of tools to their end: parsed, checked by the deny rules, approved, then run in the sandbox of the call
 * or on the host, shown while they run, with the output capped. Everything that a command starts ends with it.
 */
@Injectable()
export class CommandRunner {
  constructor(
    private readonly starter: CommandStarter,
    private readonly clock: Clock,
  ) {}

  /** Never rejects: what goes wrong is a result that tells the model what to do. */
  async run(request: ShellCommand, context: ToolContext): Promise<ToolResult> {
    const output = new CommandOutput();
    const stop = new AbortController();
    const started = await this.starter.start(request, context, {
      signal: stop.signal,
      onOutput: (stream, chunk) => context.show(output.add(stream, chunk)),
    });
    if (!started.started) return errorResult(started.message);
    feed(started.command, request.stdin);
    const stopped = await this.untilEnd(started.command, request.timeoutMs, context.signal, stop);
    return commandResult(output.toString(), await started.command.ended, stopped);
  }

  /** Resolves when the command has ended or was told to; then with why. */
  private async untilEnd(
    command: RunningCommand,
    timeoutMs: number,
    outer: AbortSignal,
    stop: AbortController,
  ): Promise<Stopped | undefined> {
    const stopped = Promise.withResolvers<Stopped>();
    const onAbort = (): void => stopped.resolve({ by: 'abort' });
    const cancel = this.clock.after(timeoutMs, () => stopped.resolve({ by: 'timeout', afterMs: timeoutMs }));
    outer.addEventListener('abort', onAbort, { once: true });
    if (outer.aborted) onAbort();
    try {
      const why = await Promise.race([command.ended.then(() => undefined), stopped.promise]);
      if (why) stop.abort(new CommandError('failed', 'The command was stopped.'));
      return why;
    } finally {
      cancel();
      outer.removeEventListener('abort', onAbort);
    }
  }
}

/** A command that waits for input gets all there is, and its end. */
function feed(command: RunningCommand, stdin: string | undefined): void {
  if (stdin !== undefined) command.write(stdin).catch(() => undefined);
  command.endInput();
}

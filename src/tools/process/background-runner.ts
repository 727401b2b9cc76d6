import { Injectable } from '@nestjs/common';
import { errorResult, textResult, type ToolContext, type ToolResult } from '#contracts';
import { Clock } from '#kernel';
import { commandResult } from '../exec/command-result.js';
import { CommandStarter } from '../exec/command-starter.js';
import type { ShellCommand } from '../exec/shell-command.js';
import type { BackgroundCommand } from './background-command.js';
import { BackgroundCommands } from './background-commands.js';
import { ownerOfBackground } from './background-owner.js';
import { outputReport } from './process-report.js';

/** Starts commands that may go on after their call. */
@Injectable()
export class BackgroundRunner {
  constructor(
    private readonly starter: CommandStarter,
    private readonly commands: BackgroundCommands,
    private readonly clock: Clock,
  ) {}

  /** Waits `yieldMs` for the end of a command, then leaves it to the process tool. Never rejects. */
  async run(request: ShellCommand, context: ToolContext, yieldMs: number): Promise<ToolResult> {
    const owner = ownerOfBackground(context.run);
    const refusal = this.commands.refusal(owner);
    if (refusal !== undefined) return errorResult(refusal);
    const entry = this.commands.create(owner, request.command);
    const started = await this.starter.start(request, context, {
      signal: entry.stop.signal,
      onOutput: (stream, chunk) => context.show(entry.add(stream, chunk)),
    });
    if (!started.started) {
      this.commands.remove(owner, entry.id);
      return errorResult(started.message);
    }
    entry.attach(started.command, () => this.clock.now());
    const aborted = await this.watched(entry, yieldMs, context.signal);
    started.giveWay();
    return this.result(entry, aborted);
  }

  /** Who stops the call while it is watched wants the command stopped, too. */
  private async watched(entry: BackgroundCommand, yieldMs: number, signal: AbortSignal): Promise<boolean> {
    const running = entry.process;
    if (!running) return false;
    const aborted = Promise.withResolvers<void>();
    const pause = Promise.withResolvers<void>();
    const onAbort = (): void => aborted.resolve();
    const cancel = this.clock.after(yieldMs, () => pause.resolve());
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    await Promise.race([running.ended, aborted.promise, pause.promise]);
    cancel();
    signal.removeEventListener('abort', onAbort);
    if (signal.aborted) await entry.kill();
    return signal.aborted;
  }

  private result(entry: BackgroundCommand, aborted: boolean): ToolResult {
    const output = outputReport(entry.takeNew());
    if (entry.end) return commandResult(output, entry.end, aborted ? { by: 'abort' } : undefined);
    const note = `It goes on in the background as process ${entry.id}. Use the process tool to read on, write to it or end it.`;
    return textResult(output === '' ? note : `${output.trimEnd()}\n\n${note}`);
  }
}

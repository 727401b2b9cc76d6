import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { globalOptions } from '../global-options.js';

export function addServeCommand(
  program: Command,
  context: CliContext,
  finish: (exitCode: number) => void,
): void {
  program
    .command('serve')
    .description('start the gateway (also without a command)')
    .action(async (_options: object, command: Command) => {
      finish(await context.serve(globalOptions(command)));
    });
}

import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { ExitCode } from '../exit-code.js';
import { globalOptions } from '../global-options.js';
import { SECRETS_HELP } from '../help-text.js';

export function addSecretsCommand(
  program: Command,
  context: CliContext,
  finish: (exitCode: number) => void,
): void {
  const secrets = program
    .command('secrets')
    .description('look at the sealed secrets of the database, or seal them anew')
    .addHelpText('after', SECRETS_HELP);
  secrets
    .command('status')
    .description('count the secrets by table and by the key that sealed them')
    .action(async (_options: object, command: Command) => {
      const { secretsStatus } = await import('../secrets/secrets-status.js');
      const isWell = await secretsStatus(context, context.loadConfig(globalOptions(command).config));
      finish(isWell ? ExitCode.OK : ExitCode.FAILED);
    });
  secrets
    .command('rotate')
    .description('seal every secret with GOCLAW_ENCRYPTION_KEY; it can be interrupted and run again')
    .action(async (_options: object, command: Command) => {
      const { secretsRotate } = await import('../secrets/secrets-rotate.js');
      const isDone = await secretsRotate(context, context.loadConfig(globalOptions(command).config));
      finish(isDone ? ExitCode.OK : ExitCode.FAILED);
    });
}

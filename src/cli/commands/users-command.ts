import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { globalOptions } from '../global-options.js';
import type { UserEraseFlags, UserExportFlags } from '../users/users.js';

export function addUsersCommand(program: Command, context: CliContext): void {
  const users = program
    .command('users')
    .description('read out, or remove, everything of a user; asks the running gateway');
  withGateway(users.command('export <id>').description('write everything of a user, one JSON object a line'))
    .option('--out <file>', 'where to (default: the standard output)')
    .action(async (id: string, flags: UserExportFlags, command: Command) => {
      const { exportUser } = await import('../users/users.js');
      await exportUser(context, context.loadConfig(globalOptions(command).config), id, flags);
    });
  withGateway(users.command('erase <id>').description('remove everything of a user, everywhere'))
    .option(
      '--agents <what>',
      'agents and skills that the user owns: refuse (default), delete, transfer:<user>',
    )
    .option('-y, --yes', 'do not ask')
    .action(async (id: string, flags: UserEraseFlags, command: Command) => {
      const { eraseUser } = await import('../users/users.js');
      await eraseUser(context, context.loadConfig(globalOptions(command).config), id, flags);
    });
}

function withGateway(command: Command): Command {
  return command
    .option('--url <url>', "the gateway's address (default: the configured host and port)")
    .option('--token <token>', "the gateway's token (default: as configured, else the generated one)");
}

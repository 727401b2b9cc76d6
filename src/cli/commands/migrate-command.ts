import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { globalOptions } from '../global-options.js';
import { MIGRATE_HELP } from '../help-text.js';

/** The work of the three commands is loaded when one runs: it needs the database driver. */
export function addMigrateCommand(program: Command, context: CliContext): void {
  const migrate = program
    .command('migrate')
    .description('show or change the version of the database schema')
    .addHelpText('after', MIGRATE_HELP);
  migrate
    .command('up')
    .description('apply every pending migration: all of them or none')
    .action(async (_options: object, command: Command) => {
      const { migrateUp } = await import('../migrate/migrate.js');
      await migrateUp(context, context.loadConfig(globalOptions(command).config));
    });
  migrate
    .command('down')
    .description('take the newest migration back; what it added is deleted with its data')
    .option('-y, --yes', 'do not ask')
    .action(async ({ yes = false }: { yes?: boolean }, command: Command) => {
      const { migrateDown } = await import('../migrate/migrate.js');
      await migrateDown(context, context.loadConfig(globalOptions(command).config), yes);
    });
  migrate
    .command('status')
    .description('list the applied and the pending migrations')
    .action(async (_options: object, command: Command) => {
      const { migrateStatus } = await import('../migrate/migrate.js');
      await migrateStatus(context, context.loadConfig(globalOptions(command).config));
    });
}

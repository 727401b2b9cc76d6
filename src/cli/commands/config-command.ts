import type { Command } from 'commander';
import { ConfigError, configSchema } from '#config';
import type { CliContext } from '../cli-context.js';
import { globalOptions } from '../global-options.js';

const INDENT = 2;

export function addConfigCommand(program: Command, context: CliContext): void {
  const config = program.command('config').description('look at the configuration');
  config
    .command('path')
    .description('print where the configuration file is expected')
    .action((_options: object, command: Command) => {
      context.stdout.write(`${configPath(context, globalOptions(command).config)}\n`);
    });
  config
    .command('validate')
    .description('check the configuration; exit code 1 when it cannot be used')
    .action((_options: object, command: Command) => {
      const { path, warnings } = context.loadConfig(globalOptions(command).config);
      for (const warning of warnings) context.stderr.write(`Warning: ${warning}\n`);
      context.stdout.write(`The configuration (${path}) is valid.\n`);
    });
  config
    .command('show')
    .description('print the configuration in effect as JSON, secrets masked')
    .action((_options: object, command: Command) => {
      const masked = context.loadConfig(globalOptions(command).config).masked();
      context.stdout.write(`${JSON.stringify(masked, undefined, INDENT)}\n`);
    });
  config
    .command('schema')
    .description('print the JSON Schema of the configuration, for editors that check as you type')
    .action((_options: object, command: Command) => {
      const { source } = context.loadConfig(globalOptions(command).config);
      context.stdout.write(`${JSON.stringify(configSchema(source?.sections ?? []), undefined, INDENT)}\n`);
    });
  config
    .command('reset')
    .description('drop every change that was made over the wire (managed mode): the file alone counts again')
    .option('-y, --yes', 'do not ask')
    .action(async ({ yes = false }: { yes?: boolean }, command: Command) => {
      const { resetConfig } = await import('../config/reset-config.js');
      await resetConfig(context, context.loadConfig(globalOptions(command).config), yes);
    });
}

/** Also of a file that cannot be used: that is when one wants to know where it is. */
function configPath(context: CliContext, path: string | undefined): string {
  try {
    return context.loadConfig(path).path;
  } catch (error) {
    if (error instanceof ConfigError) return error.source;
    throw error;
  }
}

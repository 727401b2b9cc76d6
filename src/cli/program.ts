import { Command } from 'commander';
import type { CliContext } from './cli-context.js';
import { addAuditCommand } from './commands/audit-command.js';
import { addChatCommand } from './commands/chat-command.js';
import { addConfigCommand } from './commands/config-command.js';
import { addDoctorCommand } from './commands/doctor-command.js';
import { addMigrateCommand } from './commands/migrate-command.js';
import { addSecretsCommand } from './commands/secrets-command.js';
import { addServeCommand } from './commands/serve-command.js';
import { addUsersCommand } from './commands/users-command.js';
import { addVersionCommand, versionLine } from './commands/version-command.js';
import { PROGRAM_HELP } from './help-text.js';

const HELP_WIDTH = 100;
const DEFAULT_COMMAND = 'serve';
const INFORMATIVE_FLAGS = new Set(['-h', '--help', '--version']);

/** The commands of the program; `finish` is told the exit code of the one that ran. */
export function buildProgram(context: CliContext, finish: (exitCode: number) => void): Command {
  const program = new Command('goclaw')
    .description('GoClaw is an AI agent gateway: agents behind a WebSocket and an OpenAI-compatible API.')
    .usage('[options] [command]')
    .option('--config <path>', 'configuration file (default: $GOCLAW_CONFIG, else ./config.json)')
    .option('-v, --verbose', 'log more; show the stack of an error')
    .version(versionLine(), '--version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
      getOutHelpWidth: () => Math.min(context.stdout.columns ?? HELP_WIDTH, HELP_WIDTH),
      getErrHelpWidth: () => Math.min(context.stderr.columns ?? HELP_WIDTH, HELP_WIDTH),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError('Run "goclaw --help" to see the commands and their options.')
    .exitOverride()
    .addHelpText('after', PROGRAM_HELP);
  for (const add of [
    addServeCommand,
    addChatCommand,
    addDoctorCommand,
    addMigrateCommand,
    addConfigCommand,
    addSecretsCommand,
    addAuditCommand,
    addUsersCommand,
    addVersionCommand,
  ])
    add(program, context, finish);
  return program;
}

/** Without a command the gateway is started; commander's own default command would swallow misspelt ones. */
export function withDefaultCommand(program: Command, args: readonly string[]): readonly string[] {
  if (args.some((arg) => INFORMATIVE_FLAGS.has(arg))) return args;
  const { operands } = program.parseOptions([...args]);
  return operands.length === 0 ? [DEFAULT_COMMAND, ...args] : args;
}

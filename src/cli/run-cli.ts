import { CommanderError } from 'commander';
import type { CliContext } from './cli-context.js';
import { CliError } from './cli.errors.js';
import { describeError } from './describe-error.js';
import { ExitCode } from './exit-code.js';
import { globalOptions } from './global-options.js';
import { buildProgram, withDefaultCommand } from './program.js';

/**
 * Runs one command line (without `node` and the script) to its end. Never throws; what went wrong is written to
 * `stderr`.
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage.
 */
export async function runCli(args: readonly string[], context: CliContext): Promise<number> {
  ignoreClosedPipe(context.stdout);
  let exitCode: number = ExitCode.OK;
  const program = buildProgram(context, (code) => (exitCode = code));
  try {
    await program.parseAsync(withDefaultCommand(program, args), { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has written its own message already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.OK : ExitCode.USAGE;
    context.stderr.write(`${describeError(error, globalOptions(program).verbose)}\n`);
    return error instanceof CliError && error.reason === 'invalid-option' ? ExitCode.USAGE : ExitCode.FAILED;
  }
}

/** `goclaw … | head` closes the pipe early: no reason for a stack. */
function ignoreClosedPipe(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

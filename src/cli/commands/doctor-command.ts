import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { globalOptions } from '../global-options.js';
import { DOCTOR_HELP } from '../help-text.js';

export function addDoctorCommand(
  program: Command,
  context: CliContext,
  finish: (exitCode: number) => void,
): void {
  program
    .command('doctor')
    .description('check everything that the gateway needs, with a remedy for each finding')
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', DOCTOR_HELP)
    .action(async ({ json = false }: { json?: boolean }, command: Command) => {
      const { runDoctor } = await import('../doctor/run-doctor.js');
      finish(await runDoctor(context, { ...globalOptions(command), json }));
    });
}

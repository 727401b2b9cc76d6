import type { Command } from 'commander';
import type { AuditExportFlags } from '../audit/export-audit.js';
import type { CliContext } from '../cli-context.js';
import { globalOptions } from '../global-options.js';

export function addAuditCommand(
  program: Command,
  context: CliContext,
  finish: (exitCode: number) => void,
): void {
  const audit = program.command('audit').description('check the audit log, or read it out');
  audit
    .command('verify')
    .description('check that no entry was changed, removed, added or moved; exit code 1 names the first one')
    .action(async (_options: object, command: Command) => {
      const { verifyAudit } = await import('../audit/verify-audit.js');
      finish(await verifyAudit(context, context.loadConfig(globalOptions(command).config)));
    });
  audit
    .command('export')
    .description('write the entries, oldest first, one JSON object a line')
    .option('--out <file>', 'where to (default: the standard output)')
    .option('--user <id>', 'what this user did')
    .option('--action <start>', 'actions that begin like this: agent., access.denied')
    .option('--from <time>', 'at or after this time')
    .option('--to <time>', 'before this time')
    .action(async (flags: AuditExportFlags, command: Command) => {
      const { exportAudit } = await import('../audit/export-audit.js');
      await exportAudit(context, context.loadConfig(globalOptions(command).config), flags);
    });
}

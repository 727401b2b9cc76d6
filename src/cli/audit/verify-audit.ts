import type { ConfigService } from '#config';
import type { CliContext } from '../cli-context.js';
import { ExitCode } from '../exit-code.js';
import { onAuditLog } from './on-audit-log.js';

/** Reads the chain and tells of the first broken entry. Returns the exit code. */
export function verifyAudit(context: CliContext, config: ConfigService): Promise<number> {
  return onAuditLog(config, async ({ verification }) => {
    const { stdout, stderr } = context;
    const { entries, prunedSeq, head, broken } = await verification.verify((checked, of) => {
      if (stderr.isTTY) stderr.write(`\r${checked} of ${of} entries`);
    });
    if (stderr.isTTY) stderr.write('\r');
    if (broken) {
      stdout.write(
        `Broken at entry ${broken.seq}: ${broken.reason}. The ${entries} entries before it are intact.\n` +
          'Somebody changed the log beside the gateway. Compare it with an export or a backup of before.\n',
      );
      return ExitCode.FAILED;
    }
    const pruned = prunedSeq > 0 ? ` The first ${prunedSeq} have left for their age.` : '';
    stdout.write(`Intact: ${entries} entries, up to ${head.seq}.${pruned}\nEnd of the chain: ${head.hash}\n`);
    return ExitCode.OK;
  });
}

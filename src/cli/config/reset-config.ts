import type { ConfigService } from '#config';
import { AuditStore, ConfigOverrideStore } from '#store';
import type { CliContext } from '../cli-context.js';
import { CliError } from '../cli.errors.js';
import { OPERATOR_CALLER } from '../operator-caller.js';
import { confirm } from '../terminal/confirm.js';
import { withDatabase } from '../with-database.js';

const INDENT = 2;

/**
 * For when a change over the wire and the file no longer fit together, and no gateway starts any more. Secrets stay.
 * What is dropped is printed, so that it can be made again.
 * @throws CliError `not-confirmed`
 */
export async function resetConfig(context: CliContext, config: ConfigService, yes: boolean): Promise<void> {
  await withDatabase(config, async (database) => {
    const store = new ConfigOverrideStore(database);
    const patch = await store.read();
    if (Object.keys(patch).length === 0) {
      context.stdout.write('Nothing to do: no change was made over the wire.\n');
      return;
    }
    context.stdout.write(`${JSON.stringify(patch, undefined, INDENT)}\n`);
    if (!yes && !(context.stdin.isTTY && (await confirm(context, 'Drop these changes? [y/N] '))))
      throw new CliError('not-confirmed', 'Nothing was changed. Add --yes if you mean it.');
    await database.transaction(async (tx) => {
      await store.write(tx, {});
      await new AuditStore(database).append(tx, OPERATOR_CALLER, [
        { action: 'config.reset', target: { type: 'config' }, outcome: 'ok', before: patch },
      ]);
    });
    context.stdout.write('Dropped. Restart the gateways that are running.\n');
  });
}

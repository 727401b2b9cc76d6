import type { ConfigService } from '#config';
import { SystemClock } from '#kernel';
import { AuditStore, ConfigOverrideStore, DatabaseConfig, deploymentOf, openDatabase } from '#store';
import type { CliContext } from '../cli-context.js';
import { CliError } from '../cli.errors.js';
import { OPERATOR_CALLER } from '../operator-caller.js';
import { confirm } from '../terminal/confirm.js';

const INDENT = 2;

/**
 * For when a change over the wire and the file no longer fit together, and no gateway starts any more. Secrets stay.
 * What is dropped is printed, so that it can be made again.
 * @throws CliError `not-confirmed`
 */
export async function resetConfig(context: CliContext, config: ConfigService, yes: boolean): Promise<void> {
  const {
    postgres_dsn: dsn,
    postgres_direct_dsn: directDsn,
    postgres_migration_dsn: migrationDsn,
  } = config.get(DatabaseConfig);
  const { dataDir } = deploymentOf(config);
  const clock = new SystemClock();
  const database = await openDatabase({ dsn, directDsn, migrationDsn, dataDir, poolSize: 2, clock });
  try {
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
  } finally {
    await database.close();
  }
}

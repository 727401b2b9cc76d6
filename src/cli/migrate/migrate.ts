import type { ConfigService } from '#config';
import { SystemClock } from '#kernel';
import { DatabaseConfig, deploymentOf, type MigrationSession, openMigrations } from '#store';
import type { CliContext } from '../cli-context.js';
import { CliError } from '../cli.errors.js';
import { confirm } from '../terminal/confirm.js';

/** Applies every pending migration. */
export function migrateUp(context: CliContext, config: ConfigService): Promise<void> {
  return onDatabase(config, async (session, place) => {
    const done = await session.up();
    const lines = done.length === 0 ? ['Nothing to do: every migration is applied.'] : done.map(applied);
    write(context, [`Database: ${place}`, ...lines]);
  });
}

/**
 * Takes the newest migration back, after asking.
 * @throws CliError `not-confirmed` when the answer is no, or nobody is there to ask.
 */
export function migrateDown(context: CliContext, config: ConfigService, yes: boolean): Promise<void> {
  if (!yes && !context.stdin.isTTY) {
    throw new CliError(
      'not-confirmed',
      'Taking a migration back deletes data, and there is no terminal to ask on. Add --yes if you mean it.',
    );
  }
  return onDatabase(config, async (session, place) => {
    const newest = (await session.status()).applied.at(-1);
    if (newest === undefined) {
      return write(context, [`Database: ${place}`, 'Nothing to do: no migration is applied.']);
    }
    const question = `Take ${newest} back on ${place}? What it added is deleted with its data. [y/N] `;
    if (!yes && !(await confirm(context, question)))
      throw new CliError('not-confirmed', 'Nothing was changed.');
    write(context, [`Taken back: ${(await session.down()) ?? newest}`]);
  });
}

/** Lists what is applied and what is pending. */
export function migrateStatus(context: CliContext, config: ConfigService): Promise<void> {
  return onDatabase(config, async (session, place) => {
    const status = await session.status();
    const total = status.applied.length + status.pending.length;
    write(context, [
      `Database: ${place}`,
      ...status.applied.map((name) => `  applied  ${name}`),
      ...status.pending.map((name) => `  pending  ${name}`),
      status.pending.length === 0
        ? `Up to date: ${total} of ${total} applied.`
        : `${status.pending.length} of ${total} pending. "goclaw migrate up" applies them, and so does the next start.`,
    ]);
  });
}

async function onDatabase(
  config: ConfigService,
  work: (session: MigrationSession, place: string) => Promise<void>,
): Promise<void> {
  const {
    postgres_dsn: dsn,
    postgres_direct_dsn: directDsn,
    postgres_migration_dsn: migrationDsn,
    pool_size: poolSize,
  } = config.get(DatabaseConfig);
  const { engine, dataDir } = deploymentOf(config);
  const session = await openMigrations({
    dsn,
    directDsn,
    migrationDsn,
    dataDir,
    poolSize,
    clock: new SystemClock(),
  });
  try {
    await work(
      session,
      engine === 'embedded' ? `embedded, in ${dataDir}` : 'PostgreSQL at GOCLAW_POSTGRES_DSN',
    );
  } finally {
    await session.close();
  }
}

function applied(name: string): string {
  return `Applied: ${name}`;
}

function write(context: CliContext, lines: readonly string[]): void {
  context.stdout.write(`${lines.join('\n')}\n`);
}

import type { ConfigService } from '#config';
import { AuditStore, type ColumnProgress, rotateSecrets } from '#store';
import type { CliContext } from '../cli-context.js';
import { OPERATOR_CALLER } from '../operator-caller.js';
import { onSecrets, type SecretsDatabase } from './secrets-database.js';
import { nameOf } from './secrets-status.js';

/** What gateways change meanwhile is looked at again, this often. */
const PASSES_MAX = 3;

/**
 * Seals every secret with the current key, showing how far it is. Ctrl-C stops it after the batch; a later call goes on
 * with what is left. Resolves with whether all are sealed with the current key.
 */
export async function secretsRotate(context: CliContext, config: ConfigService): Promise<boolean> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  let isDone = false;
  try {
    await onSecrets(config, true, async (secrets) => {
      isDone = await rotate(context, secrets, stop.signal);
    });
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
  return isDone;
}

async function rotate(context: CliContext, secrets: SecretsDatabase, signal: AbortSignal): Promise<boolean> {
  let resealed = 0;
  for (let pass = 1; ; pass++) {
    const { columns, isWhole } = await onePass(context, secrets, signal);
    const done = sum(columns, (one) => one.resealed);
    if (done > 0) await record(secrets, columns, isWhole);
    resealed += done;
    if (!isWhole) return interrupted(context, resealed);
    const again = sum(columns, (one) => one.changedMeanwhile);
    if (again === 0 || pass === PASSES_MAX) return finish(context, columns, resealed, again);
  }
}

/** The audit log is told after it is done: what a killed rotation did, the next one does not do again. */
async function record(
  { database }: SecretsDatabase,
  columns: readonly ColumnProgress[],
  isWhole: boolean,
): Promise<void> {
  const resealed = Object.fromEntries(columns.map((one) => [nameOf(one.column), one.resealed]));
  await database.transaction((tx) =>
    new AuditStore(database).append(tx, OPERATOR_CALLER, [
      {
        action: 'secrets.rotate',
        target: { type: 'secrets' },
        outcome: 'ok',
        details: { resealed, isWhole },
      },
    ]),
  );
}

interface Pass {
  readonly columns: readonly ColumnProgress[];
  readonly isWhole: boolean;
}

async function onePass(
  context: CliContext,
  { store, box }: SecretsDatabase,
  signal: AbortSignal,
): Promise<Pass> {
  const columns = new Map<string, ColumnProgress>();
  for await (const progress of rotateSecrets(store, box)) {
    const name = nameOf(progress.column);
    columns.set(name, progress);
    const { seen, total, resealed } = progress;
    if (total > 0)
      context.stdout.write(`${name}: ${seen} of ${Math.max(seen, total)}, ${resealed} sealed anew\n`);
    if (signal.aborted) return { columns: [...columns.values()], isWhole: false };
  }
  return { columns: [...columns.values()], isWhole: true };
}

function interrupted({ stdout }: CliContext, resealed: number): false {
  stdout.write(
    `Interrupted: ${resealed} secrets were sealed anew, nothing is lost. Keep both keys, and run "goclaw secrets rotate" again to go on.\n`,
  );
  return false;
}

function finish(
  { stdout }: CliContext,
  columns: readonly ColumnProgress[],
  resealed: number,
  again: number,
): boolean {
  const seen = sum(columns, (one) => one.seen);
  const unreadable = sum(columns, ({ states }) => states.unreadable);
  stdout.write(
    `Done: ${seen} secrets, ${resealed} of them sealed anew, ${seen - resealed} left as they were.\n`,
  );
  if (unreadable > 0) {
    const where = columns.filter(({ states }) => states.unreadable > 0).map(({ column }) => nameOf(column));
    stdout.write(
      `${unreadable} cannot be opened with either key (${where.join(', ')}). Set these secrets again, or run this with the key that sealed them as GOCLAW_ENCRYPTION_KEY_PREVIOUS.\n`,
    );
    return false;
  }
  if (again > 0) {
    stdout.write(`${again} were changed meanwhile. Run "goclaw secrets rotate" again.\n`);
    return false;
  }
  stdout.write(
    'Everything is sealed with GOCLAW_ENCRYPTION_KEY. Remove GOCLAW_ENCRYPTION_KEY_PREVIOUS everywhere, restart the gateways, and keep the old key as long as you keep backups that it sealed.\n',
  );
  return true;
}

function sum(columns: readonly ColumnProgress[], pick: (one: ColumnProgress) => number): number {
  return columns.reduce((total, one) => total + pick(one), 0);
}

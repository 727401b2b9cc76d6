import type { ConfigService } from '#config';
import type { SecretBox } from '#crypto';
import { type Database, requireEncryptionKey, SealedStore, secretBoxOf } from '#store';
import { CliError } from '../cli.errors.js';
import { withDatabase } from '../with-database.js';

/** What the commands about secrets work on. */
export interface SecretsDatabase {
  readonly database: Database;
  readonly store: SealedStore;
  readonly box: SecretBox;
}

/**
 * Opens the database as a gateway would: one that runs on PostgreSQL may go on, an embedded one is for one process.
 * @param change whether secrets are to be sealed anew: with the key that the gateways have, then
 * @throws CryptoError when there is no key, or it is not the gateways'; StoreError
 */
export async function onSecrets(
  config: ConfigService,
  change: boolean,
  work: (secrets: SecretsDatabase) => Promise<void>,
): Promise<void> {
  await withDatabase(config, async (database) => {
    await work({ database, store: new SealedStore(database), box: await boxOf(config, database, change) });
  });
}

async function boxOf(config: ConfigService, database: Database, change: boolean): Promise<SecretBox> {
  const box = change ? await requireEncryptionKey(config, database) : secretBoxOf(config);
  if (box.hasKey) return box;
  throw new CliError(
    'no-encryption-key',
    'There is no encryption key. Set GOCLAW_ENCRYPTION_KEY to the one that the gateways have.',
  );
}

import { CryptoError, SecretBox } from '#crypto';
import type { ConfigService } from '#config';
import type { Database } from '../database/database.js';
import { DeploymentFacts } from '../deployment/deployment-facts.js';
import { ConfigSecretStore } from './config-secret.store.js';
import { encryptionKeysOf } from './encryption-keys.js';
import { KeyCheck } from './key-check.js';
import { secretBoxOf } from './secret-box-of.js';
import { SealedStore } from './sealed.store.js';

/**
 * The key of this program is the one that sealed what is stored, and that the other gateways on the database seal with.
 * @throws CryptoError `bad-key`, `lost-key`, `other-key`
 */
export async function requireEncryptionKey(config: ConfigService, database: Database): Promise<SecretBox> {
  const { current } = encryptionKeysOf(config);
  const box = secretBoxOf(config);
  const value = current?.toString('base64') ?? 'none';
  if (!(await new DeploymentFacts(database).agree('encryption-key', value))) {
    throw new CryptoError(
      'other-key',
      `${current ? 'GOCLAW_ENCRYPTION_KEY is not the key' : 'There is no GOCLAW_ENCRYPTION_KEY as there is one'} ` +
        'of the other gateways that run on this database. Set the same one everywhere; to change it, stop all of them first.',
    );
  }
  await new KeyCheck(new ConfigSecretStore(database), new SealedStore(database), box).check();
  return box;
}

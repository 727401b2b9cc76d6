import type { ConfigService } from '#config';
import { parseEncryptionKey, SecretBox } from '#crypto';
import { DatabaseConfig } from '../database.config.js';

/** The box of this gateway's keys. @throws CryptoError `bad-key` */
export function secretBoxOf(config: ConfigService): SecretBox {
  const { encryption_key: key, encryption_key_previous: previous } = config.get(DatabaseConfig);
  return new SecretBox(
    key === undefined ? undefined : parseEncryptionKey(key),
    previous === undefined ? [] : [parseEncryptionKey(previous)],
  );
}

import type { ConfigService } from '#config';
import { SecretBox } from '#crypto';
import { encryptionKeysOf } from './encryption-keys.js';

/** The box of this gateway's keys. @throws CryptoError `bad-key` */
export function secretBoxOf(config: ConfigService): SecretBox {
  const { current, previous } = encryptionKeysOf(config);
  return new SecretBox(current, previous === undefined ? [] : [previous]);
}

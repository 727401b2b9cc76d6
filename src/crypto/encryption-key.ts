import { CryptoError } from './crypto.errors.js';

const KEY_BYTES = 32;
const HEX = /^[0-9a-f]{64}$/i;
const BASE64 = /^[A-Za-z0-9+/]{43}=$/;

/** The three forms of a key: 64 hex digits, base64 of 32 bytes, 32 raw bytes. @throws CryptoError `bad-key` */
export function parseEncryptionKey(text: string, variable = 'GOCLAW_ENCRYPTION_KEY'): Buffer {
  if (HEX.test(text)) return Buffer.from(text, 'hex');
  if (BASE64.test(text)) return Buffer.from(text, 'base64');
  const raw = Buffer.from(text, 'utf8');
  if (raw.length === KEY_BYTES) return raw;
  throw new CryptoError(
    'bad-key',
    `${variable} must be 64 hex digits, 44 characters of base64, or 32 bytes. Make one with: openssl rand -hex 32`,
  );
}

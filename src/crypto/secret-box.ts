import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { CryptoError } from './crypto.errors.js';

const PREFIX = 'aes-gcm:';
const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** `plain`: not sealed at all. `unreadable`: sealed by a key that is not known here, or damaged. */
export type SealState = 'current' | 'previous' | 'plain' | 'unreadable';

/**
 * Seals secrets for the database: `aes-gcm:` and the base64 of nonce (12 bytes), ciphertext and tag (16 bytes), by
 * AES-256-GCM. Opens what the current key or, while keys are rotated, the previous one sealed.
 */
export class SecretBox {
  /**
   * @param key without one, nothing is sealed or opened
   * @param previous keys that may still open, never seal
   */
  constructor(
    private readonly key: Buffer | undefined,
    private readonly previous: readonly Buffer[] = [],
  ) {}

  /** Whether a stored text is a sealed one. */
  static isSealed(stored: string): boolean {
    return stored.startsWith(PREFIX);
  }

  /** A text of its own every time. @throws CryptoError `no-key` */
  seal(plain: string): string {
    if (!this.key) throw noKey();
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.key, nonce);
    const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return PREFIX + sealed.toString('base64');
  }

  /** @throws CryptoError `no-key`; `not-sealed`; `wrong-key` when no key fits, or the text was tampered with. */
  open(stored: string): string {
    const sealed = SecretBox.isSealed(stored)
      ? Buffer.from(stored.slice(PREFIX.length), 'base64')
      : undefined;
    if (!sealed || sealed.length < NONCE_BYTES + TAG_BYTES)
      throw new CryptoError('not-sealed', 'A stored secret is not in the sealed form. Set it again.');
    if (!this.key) throw noKey();
    for (const key of [this.key, ...this.previous]) {
      const plain = attempt(key, sealed);
      if (plain !== undefined) return plain;
    }
    throw new CryptoError(
      'wrong-key',
      'A stored secret cannot be opened with this key. Start with the GOCLAW_ENCRYPTION_KEY that sealed it.',
    );
  }

  /** Whether there is a key: without one nothing can be sealed or opened. */
  get hasKey(): boolean {
    return this.key !== undefined;
  }

  /** Which key sealed a stored text, if any of these did. */
  stateOf(stored: string): SealState {
    if (!SecretBox.isSealed(stored)) return 'plain';
    const sealed = Buffer.from(stored.slice(PREFIX.length), 'base64');
    const opens = (key: Buffer): boolean => attempt(key, sealed) !== undefined;
    if (this.key && opens(this.key)) return 'current';
    return this.previous.some(opens) ? 'previous' : 'unreadable';
  }
}

function noKey(): CryptoError {
  return new CryptoError(
    'no-key',
    'Secrets cannot be stored without an encryption key. Start every gateway with the same GOCLAW_ENCRYPTION_KEY (openssl rand -hex 32).',
  );
}

function attempt(key: Buffer, sealed: Buffer): string | undefined {
  const end = sealed.length - TAG_BYTES;
  if (end < NONCE_BYTES) return undefined;
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(sealed.subarray(end));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, end)), decipher.final()]).toString(
      'utf8',
    );
  } catch {
    return undefined;
  }
}

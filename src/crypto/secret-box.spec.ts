import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CryptoError } from './crypto.errors.js';
import { parseEncryptionKey } from './encryption-key.js';
import { SecretBox } from './secret-box.js';

const KEY = Buffer.alloc(32, 7);
const OTHER = Buffer.alloc(32, 9);

/** The format by its description, without our code: base64 of nonce, ciphertext and tag. */
function sealByHand(plain: string, key: Buffer, nonce = randomBytes(12)): string {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const body = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `aes-gcm:${body.toString('base64')}`;
}

function openByHand(sealed: string, key: Buffer): string {
  const body = Buffer.from(sealed.replace('aes-gcm:', ''), 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, 12));
  decipher.setAuthTag(body.subarray(-16));
  return Buffer.concat([decipher.update(body.subarray(12, -16)), decipher.final()]).toString('utf8');
}

function reasonOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    return error instanceof CryptoError ? error.reason : String(error);
  }
  return undefined;
}

describe('a secret box', () => {
  it('opens what was sealed by the description of the format, and the other way round', () => {
    const box = new SecretBox(KEY);
    for (const plain of ['sk-1', '', 'äöü 🦞', 'x'.repeat(100_000)]) {
      expect(box.open(sealByHand(plain, KEY))).toBe(plain);
      expect(openByHand(box.seal(plain), KEY)).toBe(plain);
    }
  });

  it('opens a text that never changes', () => {
    const sealed = sealByHand('the secret', KEY, Buffer.alloc(12, 1));
    expect(sealed).toMatchInlineSnapshot(`"aes-gcm:AQEBAQEBAQEBAQEBAonsl+Paj3y0oMvf1H2FUv6JFhk3z+aRZ0U="`);
    expect(new SecretBox(KEY).open(sealed)).toBe('the secret');
  });

  it('seals the same text to another one every time', () => {
    const box = new SecretBox(KEY);
    expect(box.seal('sk-1')).not.toBe(box.seal('sk-1'));
    expect(box.seal('sk-1')).not.toContain('sk-1');
  });

  it('refuses another key, a changed text and what is no sealed text, each by its reason', () => {
    const box = new SecretBox(KEY);
    const body = Buffer.from(sealByHand('sk-1', KEY).slice('aes-gcm:'.length), 'base64');
    body.writeUInt8(body.readUInt8(13) ^ 1, 13);
    expect(reasonOf(() => box.open(sealByHand('sk-1', OTHER)))).toBe('wrong-key');
    expect(reasonOf(() => box.open(`aes-gcm:${body.toString('base64')}`))).toBe('wrong-key');
    for (const text of ['sk-1', 'aes-gcm:', 'aes-gcm:AAAA', ''])
      expect(reasonOf(() => box.open(text))).toBe('not-sealed');
  });

  it('without a key neither seals nor opens', () => {
    const box = new SecretBox(undefined);
    expect(box.hasKey).toBe(false);
    expect(() => box.seal('sk-1')).toThrow(/GOCLAW_ENCRYPTION_KEY/);
    expect(reasonOf(() => box.open(sealByHand('sk-1', KEY)))).toBe('no-key');
  });

  it('opens with the previous key what that sealed, and knows which one it was', () => {
    const box = new SecretBox(KEY, [OTHER]);
    expect(box.open(sealByHand('old', OTHER))).toBe('old');
    expect(openByHand(box.seal('new'), KEY)).toBe('new');
    expect(box.stateOf(sealByHand('x', KEY))).toBe('current');
    expect(box.stateOf(sealByHand('x', OTHER))).toBe('previous');
    expect(box.stateOf(sealByHand('x', Buffer.alloc(32, 1)))).toBe('unreadable');
    expect(box.stateOf('x')).toBe('plain');
  });
});

describe('an encryption key', () => {
  it('is 64 hex digits, the base64 of 32 bytes, or 32 bytes', () => {
    const bytes = randomBytes(32);
    expect(parseEncryptionKey(bytes.toString('hex'))).toEqual(bytes);
    expect(parseEncryptionKey(bytes.toString('hex').toUpperCase())).toEqual(bytes);
    expect(parseEncryptionKey(bytes.toString('base64'))).toEqual(bytes);
    expect(parseEncryptionKey('0123456789abcdef0123456789abcdef').toString()).toBe(
      '0123456789abcdef0123456789abcdef',
    );
  });

  it('of any other form is refused without being told, with how to make one', () => {
    for (const text of ['', 'short', 'z'.repeat(64), randomBytes(16).toString('base64'), 'é'.repeat(32)]) {
      expect(() => parseEncryptionKey(text, 'THE_KEY')).toThrow(/^THE_KEY must be .*openssl rand -hex 32$/);
    }
  });
});

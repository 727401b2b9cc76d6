import { randomBytes } from 'node:crypto';
import { digestOf, SecretMatcher } from '../secret-matcher.js';

/** API keys begin with it: people, and scanners of repositories, know one when they see it. */
export const KEY_PREFIX = 'gck_';
const KEY_BYTES = 32;
/** Of a key that is kept in clear, so that people can tell theirs apart; 192 bits and more stay unknown. */
const SHOWN_CHARS = KEY_PREFIX.length + 6;

const SENDER_PREFIX = 'brw_';
const SENDER_BYTES = 12;
const SENDER_SECRET_BYTES = 32;

/** A secret as it is handed out once, and as it is kept. */
export interface NewKey {
  readonly text: string;
  readonly key_hash: string;
  readonly key_prefix: string;
}

export function newKey(): NewKey {
  const text = `${KEY_PREFIX}${randomBytes(KEY_BYTES).toString('base64url')}`;
  return { text, key_hash: hashOf(text), key_prefix: text.slice(0, SHOWN_CHARS) };
}

/** What a browser gets to come back with: `<public part>.<secret>`. */
export interface NewSender {
  readonly text: string;
  readonly senderId: string;
  readonly secretHash: string;
}

export function newSender(): NewSender {
  const senderId = `${SENDER_PREFIX}${randomBytes(SENDER_BYTES).toString('base64url')}`;
  const secret = randomBytes(SENDER_SECRET_BYTES).toString('base64url');
  return { text: `${senderId}.${secret}`, senderId, secretHash: hashOf(secret) };
}

/** `undefined` for what we never handed out. */
export function readSender(text: string): { senderId: string; secret: string } | undefined {
  const [senderId = '', secret = '', ...rest] = text.split('.');
  if (!senderId.startsWith(SENDER_PREFIX) || secret === '' || rest.length > 0) return undefined;
  return { senderId, secret };
}

/** SHA-256 as it stands in the database. */
export function hashOf(secret: string): string {
  return digestOf(secret).toString('hex');
}

/** In constant time. */
export function isSameHash(one: string, other: string): boolean {
  return new SecretMatcher(one).matches(other);
}

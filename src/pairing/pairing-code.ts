import { randomBytes } from 'node:crypto';

/** Nothing in it looks like anything else in it, read aloud or written by hand. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
export const CODE_CHARS = 8;

/** 40 bits, all of them random: the alphabet has 32 letters. */
export function newPairingCode(): string {
  return Array.from(randomBytes(CODE_CHARS), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

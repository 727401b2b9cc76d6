import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const SALT_BYTES = 16;
const DIGEST_BYTES = 32;
/** Some 10 ms: paid once a start, and for each guess by whoever reads the table. */
const SCRYPT = { N: 2 ** 12, r: 8, p: 1 };

const derive = promisify<string, Buffer, number, typeof SCRYPT, Buffer>(scrypt);

/** Tells whether two values are the same without telling either of them. Base64. */
export interface Fingerprint {
  readonly salt: string;
  readonly digest: string;
}

export async function fingerprintOf(value: string): Promise<Fingerprint> {
  const salt = randomBytes(SALT_BYTES);
  const digest = await derive(value, salt, DIGEST_BYTES, SCRYPT);
  return { salt: salt.toString('base64'), digest: digest.toString('base64') };
}

export async function isFingerprintOf({ salt, digest }: Fingerprint, value: string): Promise<boolean> {
  const known = Buffer.from(digest, 'base64');
  const derived = await derive(value, Buffer.from(salt, 'base64'), DIGEST_BYTES, SCRYPT);
  return known.length === derived.length && timingSafeEqual(known, derived);
}

import { hash, timingSafeEqual } from 'node:crypto';

/** Compares texts with one secret, in a time that tells nothing about where, or by how much, they differ. */
export class SecretMatcher {
  private readonly digest: Buffer;

  constructor(secret: string) {
    this.digest = digestOf(secret);
  }

  matches(candidate: string): boolean {
    return this.matchesDigest(digestOf(candidate));
  }

  /** The same for somebody who has the SHA-256 of the candidate already. */
  matchesDigest(digest: Buffer): boolean {
    return timingSafeEqual(digest, this.digest);
  }
}

/** SHA-256. */
export function digestOf(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

import { createHash } from 'node:crypto';

/**
 * Classes of our session-level advisory locks, the first of their two keys: "gocl" in ASCII and what follows it.
 * Other programs in the same database keep clear of them.
 */
export const PRESENCE_LOCK = 0x676f636c;
/** Held shared by every gateway while it runs, exclusively while a migration is taken back. Second key: 0. */
export const GATEWAY_LOCK = 0x676f636d;
/** Held by whoever changes the schema, until its transaction ends. Second key: 0. */
export const MIGRATION_LOCK = 0x676f636e;

/** Second key of the lock that shows that a replica is there: 31 bits, so that it is the same signed and unsigned. */
export function presenceKey(replicaId: string): number {
  return createHash('sha256').update(replicaId).digest().readUInt32BE(0) >>> 1;
}

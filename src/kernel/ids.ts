import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/** System randomness is fetched for this many ids at once: a call for each would cost more than the rest of it. */
const POOL_IDS = 256;
const RANDOM_BYTES = 16;

const pool = new Uint8Array(POOL_IDS * RANDOM_BYTES);
let used = pool.length;
let lastMs = 0;
let sequence = 0;

/** A new UUID v7: unique, and within this process sorted by the order in which they were made. */
export function newId(): string {
  const random = nextRandom();
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    // Half of the range stays free for the ids of this millisecond.
    sequence = ((random[6] ?? 0) << 22) | ((random[7] ?? 0) << 14) | ((random[8] ?? 0) << 6);
  } else {
    sequence += 1;
  }
  return v7({ msecs: lastMs, seq: sequence, random });
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

function nextRandom(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += RANDOM_BYTES;
  return pool.subarray(used - RANDOM_BYTES, used);
}

import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const BYTES_PER_ID = 16;
/** Random bytes are drawn for so many ids at once: asking the system for each costs more than all the rest. */
const IDS_PER_DRAW = 256;

const pool = new Uint8Array(BYTES_PER_ID * IDS_PER_DRAW);
let used = pool.length;
let lastMs = 0;
let sequence = 0;

/** A new UUID v7: unique, and sorted by the time it was made, also within a millisecond. */
export function newId(): string {
  const random = nextRandom();
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    sequence = firstSequence(random);
  } else {
    sequence += 1;
  }
  return v7({ msecs: lastMs, seq: sequence, random });
}

/** Begins in the lower half of its 32 bits, so that a millisecond never runs out of numbers. */
function firstSequence(random: Uint8Array): number {
  const [, , , , , , a = 0, b = 0, c = 0, d = 0] = random;
  return ((a & 0x7f) << 24) | (b << 16) | (c << 8) | d;
}

function nextRandom(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += BYTES_PER_ID;
  return pool.subarray(used - BYTES_PER_ID, used);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

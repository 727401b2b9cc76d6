import { LRUCache } from 'lru-cache';
import { AppError, type Clock } from '#kernel';
import { ErrorCode } from '#protocol';

const BUCKETS_MAX = 50_000;
const IDLE_TTL_MS = 10 * 60_000;

/** Time that somebody has saved up, in milliseconds: each request costs some, and only whole ones are made. */
interface Bucket {
  savedMs: number;
  at: number;
}

/** How fast a bucket fills, and how much of it. */
export interface BucketTerms {
  readonly perMinute: number;
  /** Requests that a rested one may make at once. */
  readonly burst: number;
}

/** A bucket, and what it is filled by. */
export interface BucketUse extends BucketTerms {
  readonly key: string;
}

/** Token buckets by key. An idle one is forgotten: by then it is full again. */
export class TokenBuckets {
  private readonly buckets: LRUCache<string, Bucket>;

  constructor(private readonly clock: Clock) {
    const perf = { now: () => clock.monotonic() };
    this.buckets = new LRUCache({
      max: BUCKETS_MAX,
      ttl: IDLE_TTL_MS,
      updateAgeOnGet: true,
      ttlResolution: 0,
      perf,
    });
  }

  /** Milliseconds until the bucket has one request; 0: it has. */
  waitMs(use: BucketUse): number {
    // Most have none: a full bucket is not kept.
    if (!this.buckets.has(use.key)) return 0;
    const { bucket, costMs } = this.filled(use);
    return bucket.savedMs < costMs ? costMs - bucket.savedMs : 0;
  }

  /** Takes one request out, also where there is none left. */
  spend(use: BucketUse): void {
    const { bucket, costMs } = this.filled(use);
    bucket.savedMs = Math.max(0, bucket.savedMs - costMs);
    this.buckets.set(use.key, bucket);
  }

  private filled({ key, perMinute, burst }: BucketUse): { bucket: Bucket; costMs: number } {
    const costMs = 60_000 / perMinute;
    const now = this.clock.monotonic();
    const fullMs = burst * costMs;
    const bucket = this.buckets.get(key) ?? { savedMs: fullMs, at: now };
    bucket.savedMs = Math.min(fullMs, bucket.savedMs + now - bucket.at);
    bucket.at = now;
    return { bucket, costMs };
  }
}

export function exhausted(what: string, waitMs: number): AppError {
  const retryAfterMs = Math.ceil(waitMs);
  const seconds = Math.ceil(retryAfterMs / 1_000);
  return new AppError(ErrorCode.RESOURCE_EXHAUSTED, `${what} Try again in ${seconds} s.`, { retryAfterMs });
}

import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ConfigService } from '#config';
import type { Caller } from '#contracts';
import { AppError, Clock } from '#kernel';
import { ErrorCode } from '#protocol';
import { GatewayConfig } from './gateway.config.js';

/** Requests that a rested caller may make at once. */
const BURST = 5;
const BUCKETS_MAX = 50_000;
const IDLE_TTL_MS = 10 * 60_000;

/** Time that a caller has saved up, in milliseconds: each request costs some, and only whole ones are made. */
interface Bucket {
  savedMs: number;
  at: number;
}

/** Token buckets for agent requests, one per user, or per address where there is no user. */
@Injectable()
export class RateLimiter {
  /** Milliseconds that one request costs; 0: no limit. */
  private readonly costMs: number;
  private readonly buckets = new LRUCache<string, Bucket>({
    max: BUCKETS_MAX,
    ttl: IDLE_TTL_MS,
    updateAgeOnGet: true,
  });

  constructor(
    private readonly clock: Clock,
    config: ConfigService,
  ) {
    const { rate_limit_rpm: rpm } = config.get(GatewayConfig);
    this.costMs = rpm > 0 ? 60_000 / rpm : 0;
  }

  /** Takes one request from the caller's bucket. @throws AppError RESOURCE_EXHAUSTED with `retryAfterMs`. */
  take(caller: Pick<Caller, 'userId' | 'address'>): void {
    if (this.costMs === 0) return;
    const key = caller.userId ? `user:${caller.userId}` : `address:${caller.address ?? ''}`;
    const now = this.clock.monotonic();
    const fullMs = BURST * this.costMs;
    const bucket = this.buckets.get(key) ?? { savedMs: fullMs, at: now };
    bucket.savedMs = Math.min(fullMs, bucket.savedMs + now - bucket.at);
    bucket.at = now;
    this.buckets.set(key, bucket);
    if (bucket.savedMs < this.costMs) {
      const retryAfterMs = Math.ceil(this.costMs - bucket.savedMs);
      const seconds = Math.ceil(retryAfterMs / 1_000);
      throw new AppError(ErrorCode.RESOURCE_EXHAUSTED, `Rate limit exceeded. Try again in ${seconds} s.`, {
        retryAfterMs,
      });
    }
    bucket.savedMs -= this.costMs;
  }
}

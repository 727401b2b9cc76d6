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

interface Bucket {
  tokens: number;
  at: number;
}

/** Token buckets for agent requests, one per user, or per address where there is no user. */
@Injectable()
export class RateLimiter {
  private readonly perMs: number;
  private readonly buckets = new LRUCache<string, Bucket>({
    max: BUCKETS_MAX,
    ttl: IDLE_TTL_MS,
    updateAgeOnGet: true,
  });

  constructor(
    private readonly clock: Clock,
    config: ConfigService,
  ) {
    this.perMs = config.get(GatewayConfig).rate_limit_rpm / 60_000;
  }

  /** Takes one request from the caller's bucket. @throws AppError RESOURCE_EXHAUSTED with `retryAfterMs`. */
  take(caller: Pick<Caller, 'userId' | 'address'>): void {
    if (this.perMs <= 0) return;
    const key = caller.userId ? `user:${caller.userId}` : `address:${caller.address ?? ''}`;
    const now = this.clock.monotonic();
    const bucket = this.buckets.get(key) ?? { tokens: BURST, at: now };
    bucket.tokens = Math.min(BURST, bucket.tokens + (now - bucket.at) * this.perMs);
    bucket.at = now;
    this.buckets.set(key, bucket);
    if (bucket.tokens < 1) {
      const retryAfterMs = Math.ceil((1 - bucket.tokens) / this.perMs);
      const seconds = Math.ceil(retryAfterMs / 1_000);
      throw new AppError(ErrorCode.RESOURCE_EXHAUSTED, `Rate limit exceeded. Try again in ${seconds} s.`, {
        retryAfterMs,
      });
    }
    bucket.tokens -= 1;
  }
}

import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ConfigService } from '#config';
import { Clock } from '#kernel';
import { GatewayConfig } from '../gateway.config.js';
import { addressKey } from './address-key.js';
import { type BucketUse, exhausted, TokenBuckets } from './token-buckets.js';

/** Pairs of address and secret that were right lately. */
const PROVEN_MAX = 50_000;

/**
 * Slows down whoever tries credentials out. An address that was wrong too often has to wait; secrets that it used
 * rightly before go on working, so that one broken client behind a proxy does not lock the others out.
 */
@Injectable()
export class FailedAttempts {
  private readonly buckets: TokenBuckets;
  private readonly proven = new LRUCache<string, true>({ max: PROVEN_MAX });

  constructor(
    clock: Clock,
    private readonly config: ConfigService,
  ) {
    this.buckets = new TokenBuckets(clock);
  }

  /**
   * To be asked before a secret is looked at; `hash`: of the secret.
   * @throws AppError RESOURCE_EXHAUSTED with `retryAfterMs`
   */
  requireCalm(address: string | undefined, hash: string): void {
    const use = this.useOf(address);
    if (!use) return;
    const waitMs = this.buckets.waitMs(use);
    if (waitMs > 0 && !this.proven.has(`${use.key} ${hash}`))
      throw exhausted('Too many wrong credentials came from your network address.', waitMs);
  }

  failed(address: string | undefined): void {
    const use = this.useOf(address);
    if (use) this.buckets.spend(use);
  }

  succeeded(address: string | undefined, hash: string): void {
    const use = this.useOf(address);
    if (!use) return;
    const name = `${use.key} ${hash}`;
    if (this.proven.get(name) !== true) this.proven.set(name, true);
  }

  private useOf(address: string | undefined): BucketUse | undefined {
    const { failed_auth_per_min: perMinute } = this.config.get(GatewayConfig).rate_limits;
    if (perMinute <= 0) return undefined;
    return { key: addressKey(address ?? ''), perMinute, burst: perMinute };
  }
}

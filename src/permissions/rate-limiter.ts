import { Inject, Injectable } from '@nestjs/common';
import { ConfigService } from '#config';
import type { Caller } from '#contracts';
import { Clock } from '#kernel';
import { CredentialCache } from './credentials/credential-cache.js';
import { GatewayConfig } from './gateway.config.js';
import { addressKey } from './limits/address-key.js';
import { type BucketUse, exhausted, TokenBuckets } from './limits/token-buckets.js';

/** Requests that a rested caller may make at once. */
const BURST = 5;
/** Browsers of one address that may ask to be let in. */
const PAIRINGS_PER_MINUTE = 10;

interface Limit extends BucketUse {
  readonly whose: string;
}

type Limited = Pick<Caller, 'userId' | 'address' | 'tenant' | 'credential' | 'sender'>;

/**
 * Token buckets: for agent requests one per user (or per address where there is no user), one per tenant and one per
 * API key; for everything, one per network address.
 */
@Injectable()
export class RateLimiter {
  private readonly buckets: TokenBuckets;

  constructor(
    clock: Clock,
    private readonly config: ConfigService,
    @Inject(CredentialCache) private readonly credentials: Pick<CredentialCache, 'peek'>,
  ) {
    this.buckets = new TokenBuckets(clock);
  }

  /**
   * Takes one agent request from each bucket that it counts for, or from none.
   * @throws AppError RESOURCE_EXHAUSTED with `retryAfterMs`
   */
  take(caller: Limited): void {
    this.takeAll(this.limitsOf(caller));
  }

  /** Takes one request of any kind. @throws AppError RESOURCE_EXHAUSTED with `retryAfterMs` */
  takeAddress(address: string): void {
    const { address_rpm: rpm } = this.config.get(GatewayConfig).rate_limits;
    if (rpm <= 0) return;
    // A page with its pictures is many requests at once: a tenth of a minute's may come together.
    const burst = Math.max(BURST, Math.ceil(rpm / 10));
    this.takeAll([
      { key: `from:${addressKey(address)}`, perMinute: rpm, burst, whose: 'of your network address' },
    ]);
  }

  /** Takes one request to be let in. @throws AppError RESOURCE_EXHAUSTED with `retryAfterMs` */
  takePairing(address: string): void {
    const key = `pairing:${addressKey(address)}`;
    this.takeAll([{ key, perMinute: PAIRINGS_PER_MINUTE, burst: PAIRINGS_PER_MINUTE, whose: 'of pairing' }]);
  }

  private takeAll(limits: readonly Limit[]): void {
    for (const limit of limits) {
      const waitMs = this.buckets.waitMs(limit);
      if (waitMs > 0) throw exhausted(`The rate limit ${limit.whose} is exceeded.`, waitMs);
    }
    for (const limit of limits) this.buckets.spend(limit);
  }

  private limitsOf({ userId, address, tenant, credential, sender }: Limited): Limit[] {
    const { rate_limit_rpm: general, rate_limits: limits } = this.config.get(GatewayConfig);
    const ofTenant =
      tenant !== undefined && Object.hasOwn(limits.tenants, tenant) ? limits.tenants[tenant] : undefined;
    const found: Limit[] = [];
    const add = (key: string, perMinute: number | undefined, whose: string): void => {
      if (perMinute !== undefined && perMinute > 0) found.push({ key, perMinute, burst: BURST, whose });
    };
    // In a group each member is counted, not the group: nobody uses up what the others have.
    const user = sender ?? userId;
    add(
      user ? `user:${user}` : `address:${addressKey(address ?? '')}`,
      ofTenant?.user_rpm ?? general,
      'of this user',
    );
    if (tenant !== undefined) add(`tenant:${tenant}`, ofTenant?.tenant_rpm, 'of this tenant');
    const { id } = credential;
    if (credential.kind === 'api-key' && id !== undefined)
      add(`key:${id}`, this.credentials.peek(id)?.rateLimitRpm, 'of this API key');
    return found;
  }
}

import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.js';
import { configOf } from '../../test/support/config.js';
import { GatewayConfig } from './gateway.config.js';
import { RateLimiter } from './rate-limiter.js';

function limiter(rate_limit_rpm: number) {
  const clock = new ManualClock();
  const limit = new RateLimiter(clock, configOf([GatewayConfig], { gateway: { rate_limit_rpm } }));
  const taken = (caller: { userId: string; address?: string }, times: number): number => {
    let count = 0;
    for (let index = 0; index < times; index++) {
      try {
        limit.take(caller);
        count += 1;
      } catch {
        // Counted by what is missing.
      }
    }
    return count;
  };
  return { clock, limit, taken };
}

describe('the rate limit', () => {
  it('lets a rested user make five requests at once, then one per interval', () => {
    const { clock, taken } = limiter(20);
    expect(taken({ userId: 'ann' }, 10)).toBe(5);
    clock.advance(2_999);
    expect(taken({ userId: 'ann' }, 10)).toBe(0);
    clock.advance(1);
    expect(taken({ userId: 'ann' }, 10)).toBe(1);
    clock.advance(3_600_000);
    expect(taken({ userId: 'ann' }, 10)).toBe(5);
  });

  it('says when to try again, and is right about it', () => {
    const { clock, limit, taken } = limiter(20);
    taken({ userId: 'ann' }, 5);
    clock.advance(1_000);
    expect(() => limit.take({ userId: 'ann' })).toThrow(
      expect.objectContaining({ code: 'RESOURCE_EXHAUSTED', retryable: true, retryAfterMs: 2_000 }),
    );
    clock.advance(2_000);
    expect(taken({ userId: 'ann' }, 1)).toBe(1);
  });

  it('counts each user by itself, whatever the address, and strangers by address', () => {
    const { taken } = limiter(20);
    expect(taken({ userId: 'ann', address: '1.1.1.1' }, 9)).toBe(5);
    expect(taken({ userId: 'ann', address: '2.2.2.2' }, 9)).toBe(0);
    expect(taken({ userId: 'bob', address: '1.1.1.1' }, 9)).toBe(5);
    expect(taken({ userId: '', address: '1.1.1.1' }, 9)).toBe(5);
    expect(taken({ userId: '', address: '1.1.1.1' }, 9)).toBe(0);
    expect(taken({ userId: '', address: '3.3.3.3' }, 9)).toBe(5);
    expect(taken({ userId: 'address:9.9.9.9' }, 9)).toBe(5);
    expect(taken({ userId: '', address: '9.9.9.9' }, 9)).toBe(5);
  });

  it.each([0, -1])('is off at %i requests a minute', (rpm) => {
    expect(limiter(rpm).taken({ userId: 'ann' }, 1_000)).toBe(1_000);
  });
});

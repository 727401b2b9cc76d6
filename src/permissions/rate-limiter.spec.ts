import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.js';
import { configOf } from '../../test/support/config.js';
import { GatewayConfig } from './gateway.config.js';
import type { KnownCredential } from './credentials/known-credential.js';
import { RateLimiter } from './rate-limiter.js';

type Asking = { userId: string; address?: string; tenant?: string; sender?: string; key?: string };

function limiter(rate_limit_rpm: number, rate_limits: object = {}, keys: Record<string, number> = {}) {
  const clock = new ManualClock();
  const config = configOf([GatewayConfig], { gateway: { rate_limit_rpm, rate_limits } });
  const peek = (id: string) => ({ rateLimitRpm: keys[id] }) as KnownCredential;
  const limit = new RateLimiter(clock, config, { peek });
  const take = ({ key, ...caller }: Asking): void =>
    limit.take({
      ...caller,
      credential: key === undefined ? { kind: 'gateway-token' } : { kind: 'api-key', id: key },
    });
  const taken = (caller: Asking, times: number): number => count(times, () => take(caller));
  return { clock, limit, take, taken };
}

function count(times: number, take: () => void): number {
  let taken = 0;
  for (let index = 0; index < times; index++) {
    try {
      take();
      taken += 1;
    } catch {
      // Counted by what is missing.
    }
  }
  return taken;
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
    const { clock, take, taken } = limiter(20);
    taken({ userId: 'ann' }, 5);
    clock.advance(1_000);
    expect(() => take({ userId: 'ann' })).toThrow(
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

  it('counts each member of a group, not the group', () => {
    const { taken } = limiter(20);
    expect(taken({ userId: 'group:telegram:g', sender: 'telegram:ann' }, 9)).toBe(5);
    expect(taken({ userId: 'group:telegram:g', sender: 'telegram:bob' }, 9)).toBe(5);
  });

  it('is what its tenant says, and may hold for all of its users together', () => {
    const { clock, taken } = limiter(20, {
      tenants: { acme: { user_rpm: 60, tenant_rpm: 120 }, free: { user_rpm: 0 } },
    });
    expect(taken({ userId: 'tenant.acme.user.a', tenant: 'acme' }, 3)).toBe(3);
    expect(taken({ userId: 'tenant.acme.user.b', tenant: 'acme' }, 9)).toBe(2);
    clock.advance(1_000);
    expect(taken({ userId: 'tenant.acme.user.b', tenant: 'acme' }, 9)).toBe(2);
    expect(taken({ userId: 'tenant.free.user.a', tenant: 'free' }, 100)).toBe(100);
    expect(taken({ userId: 'tenant.constructor.user.a', tenant: 'constructor' }, 9)).toBe(5);
  });

  it('holds for a key besides its user, and a refused request costs neither anything', () => {
    const { clock, taken } = limiter(600, {}, { k: 6 });
    expect(taken({ userId: 'ann', key: 'k' }, 9)).toBe(5);
    expect(taken({ userId: 'ann' }, 9)).toBe(0);
    clock.advance(500);
    expect(taken({ userId: 'ann', key: 'k' }, 9)).toBe(0);
    expect(taken({ userId: 'ann' }, 9)).toBe(5);
  });
});

describe('the limit of an address', () => {
  it('counts requests of any kind, IPv6 by its network, and is off unless it is set', () => {
    const { limit } = limiter(20, { address_rpm: 60 });
    const from = (address: string, times: number) => count(times, () => limit.takeAddress(address));
    expect(from('1.1.1.1', 20)).toBe(6);
    expect(from('::ffff:1.1.1.1', 20)).toBe(0);
    expect(from('2001:db8:0:1::1', 20)).toBe(6);
    expect(from('2001:db8::1:ffff:0:0:9', 20)).toBe(0);
    expect(from('2001:db8:0:2::1', 20)).toBe(6);
    const unlimited = limiter(20).limit;
    expect(count(1_000, () => unlimited.takeAddress('1.1.1.1'))).toBe(1_000);
  });

  it('to be let in is small, whatever else is set', () => {
    const { limit } = limiter(0);
    expect(count(50, () => limit.takePairing('1.1.1.1'))).toBe(10);
  });
});

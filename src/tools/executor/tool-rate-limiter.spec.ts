import { describe, expect, it } from 'vitest';
import { GatewayConfig } from '#permissions';
import { configOf } from '../../../test/support/config.js';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { runContext } from '../../../test/support/tools.js';
import { ToolsConfig } from '../tools.config.js';
import { ToolRateLimiter } from './tool-rate-limiter.js';

const WHO = { role: 'operator', scopes: [], credential: { kind: 'gateway-token' } } as const;

function limiter(rate_limits: object, rate_limit_per_hour = 0) {
  const clock = new ManualClock();
  const config = configOf([GatewayConfig, ToolsConfig], {
    gateway: { rate_limits },
    tools: { rate_limit_per_hour },
  });
  const limits = new ToolRateLimiter(config, clock);
  const allowed = (tool: string, times: number, userId: string, tenant?: string, session = 's1'): number => {
    const run = runContext({
      caller: { ...WHO, userId, ...(tenant !== undefined && { tenant }) },
      session: { id: session, key: session },
    });
    return Array.from({ length: times }, () => limits.take(run, tool)).filter((one) => one.allowed).length;
  };
  return { clock, allowed };
}

describe('the limits of tools', () => {
  it('hold per tool and user, in all of their sessions, until an hour has gone', () => {
    const { clock, allowed } = limiter({ tools: { search: { per_hour: 3 } } });
    expect(allowed('search', 2, 'ann')).toBe(2);
    expect(allowed('search', 5, 'ann', undefined, 's2')).toBe(1);
    expect(allowed('search', 5, 'bob')).toBe(3);
    expect(allowed('other', 5, 'ann')).toBe(5);
    clock.advance(3_600_000);
    expect(allowed('search', 5, 'ann')).toBe(3);
  });

  it('are those of the tenant where it has its own', () => {
    const tenants = { acme: { tool_calls_per_hour: 2, tools: { search: { per_hour: 1 } } } };
    const { allowed } = limiter({ tenants, tools: { search: { per_hour: 3 } } }, 4);
    expect(allowed('search', 5, 'tenant.acme.user.a', 'acme')).toBe(1);
    expect(allowed('other', 5, 'tenant.acme.user.a', 'acme')).toBe(1);
    expect(allowed('search', 5, 'tenant.umbrella.user.a', 'umbrella')).toBe(3);
    expect(allowed('other', 5, 'tenant.umbrella.user.a', 'umbrella')).toBe(1);
  });
});

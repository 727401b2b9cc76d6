import { Reflector } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { type Caller, type Role, ROLES, type Scope, SCOPES } from '#contracts';
import { DatabaseConfig } from '#store';
import { configOf } from '../../test/support/config.js';
import { Access } from './access.decorator.js';
import { AccessPolicy } from './access-policy.js';
import { ANONYMOUS } from './authenticator.js';

class Routes {
  @Access('none') open(this: void): void {}
  @Access('viewer') read(this: void): void {}
  @Access('operator') change(this: void): void {}
  @Access('operator', { scope: 'operator.approvals' }) approve(this: void): void {}
  @Access('admin') administer(this: void): void {}
  @Access('admin', { mode: 'managed' }) manage(this: void): void {}
  forgotten(this: void): void {}
}

const routes = Routes.prototype;

function policy(mode: 'standalone' | 'managed' = 'managed'): AccessPolicy {
  return new AccessPolicy(new Reflector(), configOf([DatabaseConfig], {}, { GOCLAW_MODE: mode }));
}

function caller(role: Role, scopes: readonly Scope[] = SCOPES): Caller {
  return { userId: 'ann', role, scopes, credential: { kind: 'api-key', id: 'k' } };
}

function isAllowed(who: Caller, handler: () => void): boolean {
  try {
    policy().require(who, handler, 'it');
    return true;
  } catch {
    return false;
  }
}

describe('access', () => {
  it('is denied to everybody where no rule is given', () => {
    for (const role of ROLES) expect(isAllowed(caller(role), routes.forgotten)).toBe(false);
    expect(policy().isPublic(routes.forgotten)).toBe(false);
  });

  it.each([
    ['none', { open: true, read: false, change: false, administer: false }],
    ['viewer', { open: true, read: true, change: false, administer: false }],
    ['operator', { open: true, read: true, change: true, administer: false }],
    ['admin', { open: true, read: true, change: true, administer: true }],
  ] as const)('of the role %s reaches what it may and nothing else', (role, expected) => {
    const { open, read, change, administer } = routes;
    const allowed = Object.entries({ open, read, change, administer }).map(([name, handler]) => [
      name,
      isAllowed(caller(role), handler),
    ]);
    expect(Object.fromEntries(allowed)).toEqual(expected);
  });

  it('needs the scope of the work besides the role', () => {
    expect(isAllowed(caller('operator', []), routes.change)).toBe(false);
    expect(isAllowed(caller('operator', ['operator.read']), routes.change)).toBe(false);
    expect(isAllowed(caller('operator', ['operator.write']), routes.change)).toBe(true);
    expect(isAllowed(caller('operator', ['operator.write']), routes.approve)).toBe(false);
    expect(isAllowed(caller('operator', ['operator.approvals']), routes.approve)).toBe(true);
    expect(isAllowed(caller('operator', ['operator.admin']), routes.approve)).toBe(true);
    expect(isAllowed(caller('viewer', ['operator.admin']), routes.change)).toBe(false);
  });

  it('that is denied says whether to log in, or what is missing', () => {
    const reason = (who: Caller, handler: () => void) => {
      try {
        policy().require(who, handler, 'it');
      } catch (error) {
        return error;
      }
      return undefined;
    };
    expect(reason(ANONYMOUS, routes.read)).toMatchObject({
      code: 'UNAUTHORIZED',
      details: { reason: 'unauthenticated' },
    });
    expect(reason(caller('viewer'), routes.change)).toMatchObject({
      details: { reason: 'role' },
      message: expect.stringContaining('needs operator'),
    });
    expect(reason(caller('operator', []), routes.change)).toMatchObject({
      details: { reason: 'scope' },
      message: expect.stringContaining('operator.write'),
    });
  });

  it('to what exists in one mode only is not found in the other', () => {
    expect(() => policy('managed').requireMode(routes.manage, 'it')).not.toThrow();
    expect(() => policy('standalone').requireMode(routes.read, 'it')).not.toThrow();
    expect(() => policy('standalone').requireMode(routes.manage, 'it')).toThrow(
      expect.objectContaining({
        code: 'NOT_FOUND',
        message: expect.stringContaining('GOCLAW_MODE=managed'),
      }),
    );
  });

  it('is open without credentials only where the rule says so', () => {
    expect(policy().isPublic(routes.open)).toBe(true);
    expect(policy().isPublic(routes.read)).toBe(false);
  });
});

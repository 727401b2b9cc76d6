import { Reflector } from '@nestjs/core';
import { MetadataScanner, type DiscoveryService } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { ConfigService } from '#config';
import type { Caller } from '#contracts';
import { AppError } from '#kernel';
import {
  Access,
  AccessPolicy,
  ANONYMOUS,
  type AuditLog,
  PermissionError,
  type RateLimiter,
} from '#permissions';
import { DatabaseConfig } from '#store';
import { callerOf } from '../../test/support/callers.js';
import type { ClientSocket } from './client-socket.js';
import { MethodRouter } from './method-router.js';
import { AgentParams } from './methods/agents.dto.js';
import { RpcMethod } from './rpc-method.decorator.js';

const REFLECTOR = new Reflector();
const ACCESS = new AccessPolicy(
  REFLECTOR,
  new ConfigService('', new Map([[DatabaseConfig, new DatabaseConfig()]]), []),
);

/** What was told to the audit log: who was turned away from what. */
const denied: string[] = [];
const AUDIT = {
  denied: ({ userId }: Caller, { what }: { what: string }) => void denied.push(`${userId} ${what}`),
} as unknown as AuditLog;

const UNLIMITED = { takeAddress: () => undefined } as unknown as RateLimiter;

class Example {
  @Access('viewer')
  @RpcMethod('agents.list')
  async read(_params: object, { caller }: { caller: Caller }): Promise<never> {
    return { caller: caller.userId, of: this } as never;
  }

  @Access('admin')
  @RpcMethod('agent', AgentParams)
  async administer(params: AgentParams): Promise<never> {
    return params as never;
  }

  @Access('none')
  @RpcMethod('health')
  async open(): Promise<{ status: 'ok' }> {
    return { status: 'ok' };
  }

  @Access('viewer', { mode: 'managed' })
  @RpcMethod('config.get')
  async managedOnly(): Promise<never> {
    return {} as never;
  }
}

function routerOf(...instances: object[]): MethodRouter {
  const discovery = {
    getProviders: () => instances.map((instance) => ({ instance })),
  } as unknown as DiscoveryService;
  const router = new MethodRouter(discovery, new MetadataScanner(), REFLECTOR, ACCESS, AUDIT, UNLIMITED);
  router.onModuleInit();
  return router;
}

const VIEWER: Caller = { ...callerOf('ann', 'viewer'), scopes: ['operator.read'] };

function call(caller: Caller, method: string, params?: Record<string, unknown>): Promise<unknown> {
  const context = { caller, socket: {} as ClientSocket, requestId: 1 };
  return routerOf(new Example()).call({ type: 'req', id: 1, method, ...(params && { params }) }, context);
}

async function refusal(caller: Caller, method: string, params?: Record<string, unknown>): Promise<AppError> {
  const error: unknown = await call(caller, method, params).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw new Error(`Nothing was refused: ${String(error)}`);
}

describe('the method router', () => {
  it('calls the method that a request names, on its instance, as its caller', async () => {
    expect(await call(VIEWER, 'agents.list')).toMatchObject({ caller: 'ann', of: expect.any(Example) });
  });

  it('tells the audit log who was turned away from what, also by the method itself', async () => {
    denied.length = 0;
    await refusal(VIEWER, 'agent');
    await refusal(ANONYMOUS, 'no.such.method');
    expect(denied).toEqual(['ann agent', ' unknown method']);
  });

  it('answers anonymous callers UNAUTHORIZED for everything but what is open, known or not', async () => {
    expect(await call(ANONYMOUS, 'health')).toEqual({ status: 'ok' });
    for (const method of ['agents.list', 'agent', 'no.such.method']) {
      expect(await refusal(ANONYMOUS, method)).toMatchObject({
        code: 'UNAUTHORIZED',
        details: { reason: 'unauthenticated' },
      });
    }
  });

  it('names an unknown method, also one called like something every object has', async () => {
    for (const method of ['no.such.method', 'constructor', '__proto__', 'toString', 'Health']) {
      expect(await refusal(VIEWER, method)).toMatchObject({
        code: 'INVALID_REQUEST',
        message: `unknown method: ${method}`,
      });
    }
  });

  it('refuses too low a role and a missing scope, and says which it was', async () => {
    const low = await refusal(VIEWER, 'agent', { agentId: 5 });
    expect(low).toBeInstanceOf(PermissionError);
    expect(low).toMatchObject({ code: 'UNAUTHORIZED', details: { reason: 'role' } });
    expect(low.message).toContain('insufficient role for agent');
    const scopeless = await refusal({ ...VIEWER, scopes: ['operator.pairing'] }, 'agents.list');
    expect(scopeless).toMatchObject({ code: 'UNAUTHORIZED', details: { reason: 'scope' } });
  });

  it('validates parameters of those who may call', async () => {
    const admin: Caller = { ...callerOf('root', 'admin'), scopes: ['operator.admin'] };
    expect(await refusal(admin, 'agent', { agentId: 5 })).toMatchObject({
      code: 'INVALID_REQUEST',
      details: { param: 'agentId' },
    });
    expect(await call(admin, 'agent', { agentId: 'x', more: 1 })).toEqual({ agentId: 'x' });
  });

  it('does not find what exists in another mode only', async () => {
    expect(await refusal(VIEWER, 'config.get')).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('does not start with a method that has no access rule, or with two of one name', () => {
    class Unguarded {
      @RpcMethod('health')
      async open(): Promise<{ status: 'ok' }> {
        return { status: 'ok' };
      }
    }
    class Twin {
      @Access('viewer')
      @RpcMethod('agents.list')
      async read(): Promise<never> {
        return {} as never;
      }
    }
    expect(() => routerOf(new Unguarded())).toThrow(/no @Access rule/);
    expect(() => routerOf(new Example(), new Twin())).toThrow(/Two methods/);
  });
});

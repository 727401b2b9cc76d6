import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MethodName } from '#protocol';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { RawSocket } from '../support/raw-socket.js';

/** Every method; what anybody may call is `open`. The compiler says when one is missing. */
const METHODS: Readonly<Record<MethodName, 'open' | 'closed'>> = {
  connect: 'open',
  health: 'open',
  status: 'closed',
  'chat.send': 'closed',
  'chat.resume': 'closed',
  'chat.history': 'closed',
  'chat.abort': 'closed',
  'chat.inject': 'closed',
  'events.subscribe': 'closed',
  'events.unsubscribe': 'closed',
  agent: 'closed',
  'agent.wait': 'closed',
  'agents.list': 'closed',
  'agent.identity.get': 'closed',
  'agents.create': 'closed',
  'agents.update': 'closed',
  'agents.delete': 'closed',
  'agents.files.list': 'closed',
  'agents.files.get': 'closed',
  'agents.files.set': 'closed',
  'sessions.list': 'closed',
  'sessions.preview': 'closed',
  'sessions.patch': 'closed',
  'sessions.label': 'closed',
  'sessions.delete': 'closed',
  'sessions.reset': 'closed',
  'models.list': 'closed',
  'config.get': 'closed',
  'config.apply': 'closed',
  'config.patch': 'closed',
  'config.schema': 'closed',
  'usage.get': 'closed',
  'usage.summary': 'closed',
};
const CLOSED = Object.keys(METHODS).filter((name) => METHODS[name as MethodName] === 'closed');
const OPEN_ROUTES = ['GET /health', 'GET /health/live', 'GET /health/ready'];

let gateway: RunningGateway;

beforeAll(async () => {
  gateway = await startGateway({ mode: 'managed' });
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** Every documented route as `METHOD /path`, with the parameters of its path filled in. */
async function routes(): Promise<string[]> {
  const response = await fetch(`${gateway.url}/docs/openapi.json`);
  const { paths } = (await response.json()) as { paths: Record<string, object> };
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, 'x')}`),
  );
}

async function statusOf(route: string, headers: Record<string, string> = {}): Promise<number> {
  const [method = '', path = ''] = route.split(' ');
  return (await fetch(`${gateway.url}${path}`, { method, headers })).status;
}

describe('every method', () => {
  it('is closed to a socket without credentials, but for connect and health', async () => {
    using socket = await RawSocket.open(gateway);
    expect(await socket.result('health')).toEqual({ status: 'ok' });
    for (const method of CLOSED) {
      expect(await socket.refusal(method), method).toMatchObject({
        code: 'UNAUTHORIZED',
        details: { reason: 'unauthenticated' },
      });
    }
  });

  it('is open to the gateway token', async () => {
    using socket = await RawSocket.connect(gateway, 'ann');
    for (const method of CLOSED) {
      const { ok, error } = await socket.request(method);
      expect(ok === true || error?.code === 'INVALID_REQUEST', `${method}: ${error?.message}`).toBe(true);
      expect(error?.message ?? '').not.toContain('unknown method');
    }
  });
});

describe('every route', () => {
  it('is closed without the token and with a wrong one, but for the health', async () => {
    const all = await routes();
    expect(all.length).toBeGreaterThan(OPEN_ROUTES.length);
    for (const route of all) {
      const expected = OPEN_ROUTES.includes(route) ? 200 : 401;
      expect(await statusOf(route), route).toBe(expected);
      const wrong = { ...gateway.headers('ann'), authorization: 'Bearer wrong-token-0123456789' };
      expect(await statusOf(route, wrong), route).toBe(expected);
    }
  });

  it('is open to the gateway token', async () => {
    for (const route of await routes()) {
      expect([401, 403, 405, 500], route).not.toContain(await statusOf(route, gateway.headers('ann')));
    }
  });
});

describe('managed mode without a PostgreSQL', () => {
  it('says in its log that it uses the embedded database, and what to set', () => {
    expect(gateway.output).toContain('managed, embedded database');
    expect(gateway.logs).toMatch(/embedded database.*GOCLAW_POSTGRES_DSN/);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccessRow, accessTable } from '../support/access/access-table.js';
import { type WalkCaller, walkCallers } from '../support/access/callers-of-walk.js';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { RawSocket } from '../support/raw-socket.js';

const LEVELS = ['none', 'viewer', 'operator', 'admin'] as const;
const NOBODYS_ID = '00000000-0000-7000-8000-000000000000';
const PARALLEL_MAX = 16;
/** Whose objects they are is not the table's question: these are nobody's. */
const NOBODYS = { agentId: 'no-such-agent', id: NOBODYS_ID };

const TABLE = accessTable();
const ROUTES = TABLE.filter(({ kind }) => kind === 'route');
/** `connect` changes who the socket is: it is asked apart. */
const METHODS = TABLE.filter(({ kind, name }) => kind === 'method' && name !== 'connect');

/** What the table says. */
function mayCall({ may }: WalkCaller, { rule }: AccessRow): boolean {
  if (!rule) return false;
  if (rule.role === 'none') return true;
  if (!may || LEVELS.indexOf(may.role) < LEVELS.indexOf(rule.role)) return false;
  return rule.scope === undefined || may.scopes.includes(rule.scope) || may.scopes.includes('operator.admin');
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const worker = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: PARALLEL_MAX }, worker));
}

/** Whether the gateway lets the request through to its handler, whatever that answers. */
async function routeLets(
  gateway: RunningGateway,
  { headers }: WalkCaller,
  { name }: AccessRow,
): Promise<boolean> {
  const [method = '', path = ''] = name.split(' ');
  const takesBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
  const response = await fetch(`${gateway.url}${path.replaceAll(/:\w+/g, NOBODYS_ID)}`, {
    method,
    headers: { ...headers, ...(takesBody && { 'content-type': 'application/json' }) },
    ...(takesBody && { body: '{}' }),
  });
  await response.body?.cancel();
  return response.status !== 401 && response.status !== 403;
}

async function methodLets(socket: RawSocket, { name }: AccessRow): Promise<boolean> {
  const { error } = await socket.request(name, NOBODYS);
  return error?.code !== 'UNAUTHORIZED';
}

describe('the access table, walked over a running gateway', () => {
  let gateway: RunningGateway;
  let callers: readonly WalkCaller[];
  let probes = 0;

  beforeAll(async () => {
    gateway = await startGateway({
      mode: 'managed',
      config: { gateway: { rate_limits: { failed_auth_per_min: 0 } } },
    });
    callers = await walkCallers(gateway);
  });
  afterAll(async () => {
    process.stdout.write(
      `${probes} probes: ${callers.length} callers × (${ROUTES.length} routes + ${METHODS.length + 1} methods)\n`,
    );
    await gateway[Symbol.asyncDispose]();
  });

  it('has every documented route, and every route of it is documented', async () => {
    const response = await fetch(`${gateway.url}/docs/openapi.json`);
    const { paths } = (await response.json()) as { paths: Record<string, object> };
    const documented = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((verb) => `${verb.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    const routes = ROUTES.map(({ name }) => name).filter((name) => !/^GET \/docs(\/|$)/.test(name));
    expect(documented.toSorted()).toEqual(routes.toSorted());
  });

  it('holds for every route and every kind of caller', async () => {
    const wrong: string[] = [];
    const all = callers.flatMap((caller) => ROUTES.map((row) => ({ caller, row })));
    await inParallel(all, async ({ caller, row }) => {
      probes += 1;
      const isLet = await routeLets(gateway, caller, row);
      if (isLet !== mayCall(caller, row))
        wrong.push(`${caller.name}: ${row.name} was ${isLet ? 'open' : 'closed'}`);
    });
    expect(wrong).toEqual([]);
  });

  it('holds for every method and every kind of caller', async () => {
    const wrong: string[] = [];
    await inParallel(callers, async (caller) => {
      using connecting = await RawSocket.open(gateway);
      probes += METHODS.length + 1;
      if (caller.connect) {
        const { ok } = await connecting.request('connect', caller.connect);
        if (ok !== (caller.may !== undefined))
          wrong.push(`${caller.name}: connect was ${ok ? 'open' : 'closed'}`);
      }
      using anonymous = await RawSocket.open(gateway);
      const socket = caller.may ? connecting : anonymous;
      for (const row of METHODS) {
        const isLet = await methodLets(socket, row);
        if (isLet !== mayCall(caller, row))
          wrong.push(`${caller.name}: ${row.name} was ${isLet ? 'open' : 'closed'}`);
      }
    });
    expect(wrong).toEqual([]);
  });
});

describe('a standalone gateway', () => {
  it('has nothing of what exists in managed mode only', async () => {
    await using gateway = await startGateway();
    const managed = TABLE.filter(({ rule }) => rule?.mode === 'managed');
    expect(managed.length).toBeGreaterThan(10);
    for (const { kind, name } of managed) {
      if (kind === 'method') {
        using socket = await RawSocket.connect(gateway);
        expect((await socket.request(name, {})).error?.code, name).toBe('NOT_FOUND');
      } else {
        const [method = '', path = ''] = name.split(' ');
        const response = await fetch(`${gateway.url}${path.replaceAll(/:\w+/g, NOBODYS_ID)}`, {
          method,
          headers: gateway.headers(),
        });
        expect(response.status, name).toBe(404);
        await response.body?.cancel();
      }
    }
  });
});

describe('managed mode without a PostgreSQL', () => {
  it('says in its log that it uses the embedded database, and what to set', async () => {
    await using gateway = await startGateway({ mode: 'managed' });
    expect(gateway.output).toContain('managed, embedded database');
    await expect.poll(() => gateway.logs).toMatch(/embedded database.*GOCLAW_POSTGRES_DSN/);
  });
});

import { SCOPES } from '#contracts';
import type { RunningGateway } from '../gateway/index.js';

/** Somebody who asks for everything. */
export interface WalkCaller {
  readonly name: string;
  /** Of every HTTP request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parameters of `connect`; absent: it never connects. */
  readonly connect?: Readonly<Record<string, string>>;
  /** What the access table is asked with; absent: it is not let in at all. */
  readonly may?: { readonly role: 'viewer' | 'operator' | 'admin'; readonly scopes: readonly string[] };
}

const USER = 'tenant.acme.user.ann';
const EXPIRES_MS = 1_500;

interface KeyAsked {
  readonly role: string;
  readonly scopes?: readonly string[];
  readonly user_id?: string;
  readonly tenant?: string;
  readonly expires_at?: string;
}

interface KeyMade {
  readonly id: string;
  readonly key: string;
  readonly scopes: readonly string[];
}

/** Every kind of caller that there is, with keys that the gateway made for them. */
export async function walkCallers(gateway: RunningGateway): Promise<WalkCaller[]> {
  const make = (asked: KeyAsked): Promise<KeyMade> =>
    admin<KeyMade>(gateway, 'POST', '/v1/api-keys', { name: 'walk', ...asked });
  const expired = await make({
    role: 'admin',
    expires_at: new Date(Date.now() + EXPIRES_MS).toISOString(),
  });
  const revoked = await make({ role: 'admin' });
  await admin(gateway, 'DELETE', `/v1/api-keys/${revoked.id}`);
  const callers: WalkCaller[] = [
    { name: 'no credentials', headers: {} },
    stranger('a wrong token', 'wrong-token-0123456789'),
    stranger('a key that was never made', `gck_${'x'.repeat(43)}`),
    stranger('an expired key', expired.key),
    stranger('a revoked key', revoked.key),
    known('the gateway token', gateway.token, 'admin', [...SCOPES], USER),
  ];
  for (const role of ['viewer', 'operator', 'admin'] as const) {
    const { key, scopes } = await make({ role, user_id: USER });
    callers.push(known(`a key of the role ${role}`, key, role, scopes));
    if (role !== 'operator') continue;
    callers.push({ ...stranger('a key for another user', key), ...as(key, 'tenant.acme.user.bob') });
  }
  for (const scope of SCOPES) {
    const { key } = await make({ role: 'admin', scopes: [scope], user_id: USER });
    callers.push(known(`the scope ${scope} alone`, key, 'admin', [scope]));
  }
  const tenant = await make({ role: 'operator', tenant: 'acme' });
  callers.push(known('a key of its tenant', tenant.key, 'operator', tenant.scopes, USER));
  callers.push({
    ...stranger('a key outside of its tenant', tenant.key),
    ...as(tenant.key, 'tenant.umbrella.user.eve'),
  });
  await untilRefused(gateway, expired.key);
  return callers;
}

function known(
  name: string,
  token: string,
  role: 'viewer' | 'operator' | 'admin',
  scopes: readonly string[],
  userId?: string,
): WalkCaller {
  return { name, ...as(token, userId), may: { role, scopes } };
}

function stranger(name: string, token: string): WalkCaller {
  return { name, ...as(token, USER) };
}

function as(token: string, userId?: string): Pick<WalkCaller, 'headers' | 'connect'> {
  return {
    headers: {
      authorization: `Bearer ${token}`,
      ...(userId !== undefined && { 'x-goclaw-user-id': userId }),
    },
    connect: { token, ...(userId !== undefined && { user_id: userId }) },
  };
}

async function admin<T>(gateway: RunningGateway, method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(`${gateway.url}${path}`, {
    method,
    headers: { ...gateway.headers('root'), ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as T;
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

async function untilRefused(gateway: RunningGateway, key: string): Promise<void> {
  for (;;) {
    const { status } = await fetch(`${gateway.url}/v1/api-keys`, {
      headers: { authorization: `Bearer ${key}`, 'x-goclaw-user-id': USER },
    });
    if (status === 401) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

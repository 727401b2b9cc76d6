import { beforeEach, describe, expect, it } from 'vitest';
import { CacheInvalidated, CachesStale } from '#bus';
import type { Caller } from '#contracts';
import type { ApiKeyState } from '#store';
import { authenticatorOf } from '../authenticator.fixture.js';
import type { PermissionError } from '../permission.errors.js';
import { hashOf } from './secret-text.js';

const KEY = `gck_${'a'.repeat(43)}`;
const NEXT = `gck_${'b'.repeat(43)}`;
const ID = '0191f000-0000-7000-8000-000000000001';

function state(change: Partial<ApiKeyState> = {}): ApiKeyState {
  return {
    id: ID,
    key_hash: hashOf(KEY),
    previous_hash: null,
    previous_in_ms: null,
    role: 'operator',
    scopes: ['operator.read', 'operator.write'],
    user_id: 'ann',
    tenant: null,
    rate_limit_rpm: null,
    revoked: false,
    expires_in_ms: null,
    ...change,
  };
}

let setup: ReturnType<typeof authenticatorOf>;
let lost: PermissionError[];

beforeEach(() => {
  setup = authenticatorOf();
  setup.tables.keys.push(state());
  lost = [];
});

const login = (token = KEY): Promise<Caller> =>
  setup.authenticator.authenticate({ token, address: '1.1.1.1' });
const become = (change: Partial<ApiKeyState>): void => {
  setup.tables.keys.splice(0, 1, state(change));
};
const announce = (key?: string): Promise<void> => setup.live.handle(new CacheInvalidated('credentials', key));

describe('an API key', () => {
  it('makes the caller that it is bound to, and no other', async () => {
    expect(await login()).toMatchObject({
      userId: 'ann',
      role: 'operator',
      scopes: ['operator.read', 'operator.write'],
      credential: { kind: 'api-key', id: ID },
    });
    expect((await setup.authenticator.authenticate({ token: KEY, userId: 'ann' })).userId).toBe('ann');
    for (const userId of ['bob', 'Ann', 'аnn', 'ann ', '']) {
      await expect(setup.authenticator.authenticate({ token: KEY, userId })).rejects.toMatchObject({
        reason: 'role',
      });
    }
  });

  it('of a tenant acts for its users and for nobody else', async () => {
    become({ user_id: null, tenant: 'acme' });
    const as = (userId: string) => setup.authenticator.authenticate({ token: KEY, userId });
    expect(await as('tenant.acme.user.bob')).toMatchObject({
      userId: 'tenant.acme.user.bob',
      tenant: 'acme',
    });
    for (const userId of ['tenant.acme2.user.bob', 'tenant.Acme.user.bob', 'tenant.аcme.user.bob', 'bob'])
      await expect(as(userId)).rejects.toMatchObject({ reason: 'role' });
    await expect(as('tenant.acme.user.\n')).rejects.toThrow(/control characters/);
    await expect(login()).rejects.toThrow(/user id is required/);
  });

  it('is read once, and known without the database from then on', async () => {
    for (let times = 0; times < 20; times++) await login();
    expect(setup.tables.reads).toBe(1);
    setup.tables.failure = new Error('away');
    await login();
    setup.clock.advance(30_001);
    await expect(login()).rejects.toThrow('away');
  });

  it('that nobody has is looked up once, too', async () => {
    for (let times = 0; times < 20; times++) await expect(login(NEXT)).rejects.toThrow(/token is wrong/);
    expect(setup.tables.reads).toBe(1);
  });

  it.each([
    ['revoked', { revoked: true }, /was revoked/],
    ['expired', { expires_in_ms: -1 }, /has expired/],
  ])('that is %s is refused, whoever remembers it', async (_what, change, message) => {
    await login();
    become(change);
    await announce(ID);
    await expect(login()).rejects.toThrow(message);
  });

  it('that was replaced works for as long as it was given', async () => {
    become({ key_hash: hashOf(NEXT), previous_hash: hashOf(KEY), previous_in_ms: 5_000 });
    await login();
    await login(NEXT);
    setup.clock.advance(5_000);
    await expect(login()).rejects.toThrow(/replaced/);
    await login(NEXT);
  });

  it('has its last use written down once a minute', async () => {
    for (let times = 0; times < 5; times++) await login();
    setup.clock.advance(5_000);
    expect(setup.tables.used).toEqual([ID]);
    setup.clock.advance(60_000);
    await login();
    setup.clock.advance(5_000);
    expect(setup.tables.used).toEqual([ID, ID]);
  });
});

describe('what was begun with a credential', () => {
  it('ends when the key is revoked, wherever that happens', async () => {
    const caller = await login();
    setup.live.watch(caller, (error) => lost.push(error));
    await announce(ID);
    expect(lost).toEqual([]);
    become({ revoked: true });
    await announce('another');
    expect(lost).toEqual([]);
    await announce(ID);
    expect(lost).toMatchObject([{ reason: 'unauthenticated', message: expect.stringContaining('revoked') }]);
    await announce(ID);
    expect(lost).toHaveLength(1);
    await expect(setup.live.require(caller)).rejects.toThrow(/revoked/);
  });

  it('ends when news may have been missed, and the key was revoked in the meantime', async () => {
    setup.live.watch(await login(), (error) => lost.push(error));
    become({ revoked: true });
    await setup.live.handle(new CachesStale());
    expect(lost).toHaveLength(1);
  });

  it('ends when the key expires, within a second', async () => {
    const { clock, tables } = setup;
    const end = clock.monotonic() + 60_000;
    tables.keys.splice(0, 1, {
      ...state(),
      get expires_in_ms() {
        return end - clock.monotonic();
      },
    });
    const caller = await login();
    setup.live.watch(caller, (error) => lost.push(error));
    setup.clock.advance(59_000);
    expect(lost).toEqual([]);
    await setup.live.require(caller);
    setup.clock.advance(2_000);
    expect(lost).toMatchObject([{ message: expect.stringContaining('expired') }]);
    await expect(setup.live.require(caller)).rejects.toThrow(/expired/);
  });

  it('ends with the secret that it was begun with, not with the key', async () => {
    become({ key_hash: hashOf(NEXT), previous_hash: hashOf(KEY), previous_in_ms: 60_000 });
    const [old, recent] = [await login(), await login(NEXT)];
    setup.live.watch(old, () => lost.push({} as PermissionError));
    setup.live.watch(recent, (error) => lost.push(error));
    setup.clock.advance(61_000);
    expect(lost).toEqual([{}]);
    await setup.live.require(recent);
  });

  it('ends when a scope is taken away that its caller had', async () => {
    const caller = await login();
    setup.live.watch(caller, (error) => lost.push(error));
    become({ scopes: ['operator.read'] });
    await announce(ID);
    expect(lost).toMatchObject([{ reason: 'scope', message: expect.stringContaining('operator.write') }]);
    await expect(setup.live.require(caller)).rejects.toMatchObject({ reason: 'scope' });
  });

  it('is looked at again when the database was away at the news', async () => {
    setup.live.watch(await login(), (error) => lost.push(error));
    become({ revoked: true });
    setup.tables.failure = new Error('away');
    await announce(ID);
    expect(lost).toEqual([]);
    setup.tables.failure = undefined;
    setup.clock.advance(1_000);
    await expect.poll(() => lost.length).toBe(1);
  });

  it('is noticed when the news came between letting in and watching', async () => {
    const caller = await login();
    become({ revoked: true });
    await announce(ID);
    setup.live.watch(caller, (error) => lost.push(error));
    setup.clock.advance(1_000);
    await expect.poll(() => lost.length).toBe(1);
  });

  it('is forgotten when it has ended by itself', async () => {
    const end = setup.live.watch(await login(), (error) => lost.push(error));
    end();
    become({ revoked: true });
    await announce(ID);
    setup.clock.advance(10_000);
    expect(lost).toEqual([]);
    expect(setup.clock.pending).toBeLessThanOrEqual(1);
  });

  it('with the gateway token cannot be lost', async () => {
    const caller = await login('gateway-token-0123').catch(() => undefined);
    expect(caller).toBeUndefined();
    const admin = await setup.authenticator.authenticate({ token: 'gateway-token-0123', userId: 'root' });
    setup.live.watch(admin, (error) => lost.push(error));
    await announce();
    await setup.live.require(admin);
    await setup.live.require({ ...admin, credential: { kind: 'channel' } });
    await expect(setup.live.require({ ...admin, credential: { kind: 'api-key' } })).rejects.toThrow(
      /revoked/,
    );
    expect(lost).toEqual([]);
  });
});

describe('whoever tries credentials out', () => {
  it('has to wait, while those who were right before go on', async () => {
    setup = authenticatorOf({ gateway: { rate_limits: { failed_auth_per_min: 10 } } });
    setup.tables.keys.push(state());
    await login();
    for (let times = 0; times < 10; times++) await expect(login(`wrong-${times}`)).rejects.toThrow(/wrong/);
    const refused = expect.objectContaining({ code: 'RESOURCE_EXHAUSTED', retryAfterMs: 6_000 });
    await expect(login('wrong')).rejects.toEqual(refused);
    await expect(
      setup.authenticator.authenticate({ token: 'gateway-token-0123', userId: 'x', address: '1.1.1.1' }),
    ).rejects.toEqual(refused);
    expect((await login()).userId).toBe('ann');
    await setup.authenticator.authenticate({ token: 'gateway-token-0123', userId: 'x', address: '2.2.2.2' });
    setup.clock.advance(6_000);
    await expect(login('wrong')).rejects.toThrow(/token is wrong/);
  });
});

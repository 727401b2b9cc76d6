import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  JwksServer,
  newSigningKey,
  type SigningKey,
} from '../../src/permissions/identity/jwks-server.fixture.js';
import { type Answer, bearer, call, reasonOf } from '../support/access/managed-calls.js';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { RawSocket } from '../support/raw-socket.js';

const SECRET = 'a-shared-secret-of-more-than-32-characters';

describe('signed identity', () => {
  let key: SigningKey;
  let auth: JwksServer;
  let gateway: RunningGateway;

  beforeAll(async () => {
    key = await newSigningKey('k1', 'RS256');
    auth = await JwksServer.start(key.jwk);
    const identity = {
      jwks_url: auth.url,
      issuer: 'https://auth.example',
      audience: 'goclaw',
      clock_skew_sec: 0,
    };
    gateway = await startGateway({
      mode: 'managed',
      config: { gateway: { identity } },
      env: { GOCLAW_IDENTITY_HMAC_SECRET: SECRET },
    });
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await auth[Symbol.asyncDispose]();
  });

  const claims = (sub: string, lastsSec = 300) => ({
    sub,
    iss: 'https://auth.example',
    aud: ['goclaw', 'other'],
    exp: Math.floor(Date.now() / 1_000) + lastsSec,
    role: 'viewer',
  });
  const get = (headers: Record<string, string>, token = gateway.token): Promise<Answer> =>
    call(gateway, '/v1/models', { headers: bearer(token, headers) });

  it('is needed: a bare user id is refused, over HTTP and the WebSocket', async () => {
    const bare = await get({ 'x-goclaw-user-id': 'ann' });
    expect(bare.status).toBe(401);
    expect(JSON.stringify(bare.body)).toContain('X-GoClaw-Identity');
    expect((await get({})).status).toBe(401);
    using socket = await RawSocket.open(gateway);
    expect(await socket.refusal('connect', { token: gateway.token, user_id: 'ann' })).toMatchObject({
      code: 'UNAUTHORIZED',
      details: { reason: 'unauthenticated' },
      message: expect.stringContaining('identity'),
    });
    expect(await socket.untilClosed()).toMatchObject({ code: 1008 });
  });

  it('says who calls; what they may do, the credential says', async () => {
    const identity = await key.sign(claims('ann'));
    expect((await get({ 'x-goclaw-identity': identity })).status).toBe(200);
    expect((await get({ 'x-goclaw-identity': identity, 'x-goclaw-user-id': 'ann' })).status).toBe(200);
    expect((await get({ 'x-goclaw-identity': identity, 'x-goclaw-user-id': 'bob' })).status).toBe(401);
    expect((await get({ 'x-goclaw-identity': identity }, 'wrong-token-0123456789')).status).toBe(401);
    using socket = await RawSocket.open(gateway);
    expect(await socket.result('connect', { token: gateway.token, identity })).toMatchObject({
      role: 'admin',
      user_id: 'ann',
    });
    const hmac = await new SignJWT(claims('bob'))
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(SECRET));
    expect((await get({ 'x-goclaw-identity': hmac })).status).toBe(200);
  });

  it('of a reserved or malformed user is refused', async () => {
    for (const user of ['system', 'local', 'group:x', 'a\nb', 'x'.repeat(256)])
      expect((await get({ 'x-goclaw-identity': await key.sign(claims(user)) })).status, user).toBe(400);
  });

  it('that is wrong is refused', async () => {
    const stranger = await newSigningKey('k1', 'RS256');
    for (const identity of ['x', await stranger.sign(claims('ann')), await key.sign(claims('ann', -10))]) {
      const refused = await get({ 'x-goclaw-identity': identity });
      expect(refused.status).toBe(401);
    }
  });

  it('closes its socket when it expires', async () => {
    using socket = await RawSocket.open(gateway);
    await socket.result('connect', { token: gateway.token, identity: await key.sign(claims('ann', 2)) });
    expect(await socket.untilClosed()).toMatchObject({
      code: 1008,
      reason: expect.stringContaining('expired'),
    });
  });

  it('goes with keys: those of a user need none and take no other, those of a tenant keep to it', async () => {
    const root = { headers: bearer(gateway.token, { 'x-goclaw-identity': await key.sign(claims('root')) }) };
    const make = async (terms: object): Promise<string> => {
      const body = { name: 'k', role: 'operator', ...terms };
      return String((await call(gateway, '/v1/api-keys', { ...root, method: 'POST', body })).body['key']);
    };
    const [own, tenant] = [await make({ user_id: 'ann' }), await make({ tenant: 'acme' })];
    expect((await get({}, own)).status).toBe(200);
    expect((await get({ 'x-goclaw-user-id': 'ann' }, own)).status).toBe(401);
    expect((await get({ 'x-goclaw-identity': await key.sign(claims('bob')) }, own)).status).toBe(403);
    const of = (user: string): Promise<string> => key.sign(claims(user));
    expect((await get({ 'x-goclaw-identity': await of('tenant.acme.user.a') }, tenant)).status).toBe(200);
    const foreign = await get({ 'x-goclaw-identity': await of('tenant.umbrella.user.a') }, tenant);
    expect(foreign.status).toBe(403);
    expect(reasonOf(foreign)).toBeUndefined();
  });

  it('cannot be checked while the keys cannot be had: that is said, with the time to wait', async () => {
    await using away = await startGateway({
      mode: 'managed',
      config: { gateway: { identity: { jwks_url: 'http://127.0.0.1:9/jwks.json' } } },
    });
    const headers = bearer(away.token, { 'x-goclaw-identity': await key.sign(claims('ann')) });
    const refused = await call(away, '/v1/models', { headers });
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

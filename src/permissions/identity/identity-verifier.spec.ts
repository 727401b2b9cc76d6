import { SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configOf } from '../../../test/support/config.js';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { GatewayConfig } from '../gateway.config.js';
import { IdentityVerifier } from './identity-verifier.js';
import { JwksServer, newSigningKey, type SigningKey } from './jwks-server.fixture.js';

const SECRET = 'a-shared-secret-of-more-than-32-characters';
const TERMS = { issuer: 'https://auth.example', audience: 'goclaw' };

let clock: ManualClock;
let key: SigningKey;
let server: JwksServer;
let verifier: IdentityVerifier;

beforeEach(async () => {
  clock = new ManualClock();
  clock.advance(1_000);
  key = await newSigningKey('k1');
  server = await JwksServer.start(key.jwk);
  verifier = verifierOf({ jwks_url: server.url, ...TERMS });
});
afterEach(() => server[Symbol.asyncDispose]());

function verifierOf(identity: object): IdentityVerifier {
  return new IdentityVerifier(configOf([GatewayConfig], { gateway: { identity } }), clock);
}

const nowSec = (): number => Math.floor(clock.now() / 1_000);

function claims(change: object = {}): Record<string, unknown> {
  return { sub: 'ann', iss: TERMS.issuer, aud: TERMS.audience, exp: nowSec() + 300, ...change };
}

function shared(payload: Record<string, unknown>, secret = SECRET, alg = 'HS256'): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));
}

describe('a signed identity', () => {
  it('says who somebody is, until it expires', async () => {
    const { userId, until } = await verifier.verify(await key.sign(claims()));
    expect(userId).toBe('ann');
    expect(until - clock.monotonic()).toBe((300 + 60) * 1_000);
  });

  it.each(['RS256', 'PS384', 'ES384', 'EdDSA'])('may be signed by %s', async (alg) => {
    const other = await newSigningKey('other', alg);
    server.keys = [key.jwk, other.jwk];
    expect((await verifier.verify(await other.sign(claims()))).userId).toBe('ann');
  });

  it('is read from the claim that is configured', async () => {
    verifier = verifierOf({ jwks_url: server.url, user_claim: 'email' });
    expect((await verifier.verify(await key.sign(claims({ email: 'ann@acme.example' })))).userId).toBe(
      'ann@acme.example',
    );
  });

  it.each([
    ['of another issuer', { iss: 'https://evil.example' }, /iss/],
    ['without an issuer', { iss: undefined }, /iss/],
    ['for another service', { aud: 'billing' }, /aud/],
    ['without an audience', { aud: undefined }, /aud/],
    ['without an end', { exp: undefined }, /exp/],
    ['that has expired', { exp: 1 }, /expired/],
    ['that is not good yet', { nbf: 4_102_444_800 }, /nbf/],
    ['without a user', { sub: undefined }, /claim "sub"/],
    ['with a user that is no text', { sub: 7 }, /claim "sub"/],
  ])('%s is refused', async (_what, change, message) => {
    const refused = verifier.verify(await key.sign(claims(change)));
    await expect(refused).rejects.toMatchObject({
      reason: 'unauthenticated',
      message: expect.stringMatching(message),
    });
  });

  it('may be off by the clock skew, and no more', async () => {
    await verifier.verify(await key.sign(claims({ exp: nowSec() - 59, nbf: nowSec() + 59 })));
    await expect(verifier.verify(await key.sign(claims({ exp: nowSec() - 61 })))).rejects.toThrow(/expired/);
    await expect(verifier.verify(await key.sign(claims({ nbf: nowSec() + 61 })))).rejects.toThrow(/nbf/);
  });

  it('is not believed when its algorithm and its key do not belong together', async () => {
    const publicAsSecret = await shared(claims(), JSON.stringify(key.jwk));
    await expect(verifier.verify(publicAsSecret)).rejects.toThrow(/algorithm/);
    await expect(verifier.verify(new UnsecuredJWT(claims()).encode())).rejects.toThrow(/algorithm/);
    const both = verifierOf({ jwks_url: server.url, hmac_secret: SECRET });
    await expect(both.verify(publicAsSecret)).rejects.toThrow(/signature/);
    expect((await both.verify(await shared(claims()))).userId).toBe('ann');
    expect((await both.verify(await key.sign(claims()))).userId).toBe('ann');
    const secretOnly = verifierOf({ hmac_secret: SECRET });
    await expect(secretOnly.verify(await key.sign(claims()))).rejects.toThrow(/algorithm/);
    await expect(secretOnly.verify(await shared(claims(), `${SECRET}x`))).rejects.toThrow(/signature/);
    for (const alg of ['HS384', 'HS512']) await secretOnly.verify(await shared(claims(), SECRET, alg));
  });

  it('is not believed by a symmetric key that a key document gives away', async () => {
    server.keys = [{ kty: 'oct', kid: 'k', k: Buffer.from(SECRET).toString('base64url'), alg: 'HS256' }];
    await expect(verifier.verify(await shared(claims()))).rejects.toThrow(/algorithm/);
    await expect(verifier.verify(await key.sign(claims()))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it.each(['', 'x', 'a.b.c', '..', 'x'.repeat(20_000), '\u0000'])('is no %j', async (text) => {
    await expect(verifier.verify(text)).rejects.toMatchObject({ reason: 'unauthenticated' });
  });

  it('that was changed on its way is refused', async () => {
    const [header, , signature] = (await key.sign(claims())).split('.');
    const forged = Buffer.from(JSON.stringify(claims({ sub: 'root' }))).toString('base64url');
    await expect(verifier.verify(`${header}.${forged}.${signature}`)).rejects.toThrow(/signature/);
  });

  it('is verified once, and not beyond its end', async () => {
    const token = await key.sign(claims({ exp: nowSec() + 10 }));
    await verifier.verify(token);
    clock.advance(69_000);
    await verifier.verify(token);
    clock.advance(2_000);
    await expect(verifier.verify(token)).rejects.toThrow(/expired/);
  });
});

describe('the keys of the auth service', () => {
  it('are read once, and again when a token names one that is not known, but not for each of them', async () => {
    for (let times = 0; times < 3; times++)
      await verifier.verify(await key.sign(claims({ jti: `${times}` })));
    expect(server.reads).toBe(1);
    const next = await newSigningKey('k2');
    server.keys = [key.jwk, next.jwk];
    await expect(verifier.verify(await next.sign(claims()))).rejects.toThrow(/not among/);
    clock.advance(30_000);
    expect((await verifier.verify(await next.sign(claims()))).userId).toBe('ann');
    expect(server.reads).toBe(2);
    const unknown = await newSigningKey('k3');
    for (let times = 0; times < 5; times++)
      await expect(verifier.verify(await unknown.sign(claims({ jti: `${times}` })))).rejects.toThrow(
        /not among/,
      );
    expect(server.reads).toBe(2);
  });

  it('that were taken back are good for no longer than they are remembered', async () => {
    const next = await newSigningKey('k2');
    await verifier.verify(await key.sign(claims()));
    server.keys = [next.jwk];
    clock.advance(601_000);
    // The first one that asks is answered with what is there, and has the keys read again.
    await verifier.verify(await key.sign(claims({ exp: nowSec() + 900 })));
    await expect.poll(() => server.reads).toBe(2);
    await expect
      .poll(async () =>
        verifier.verify(await key.sign(claims({ jti: 'x', exp: nowSec() + 900 }))).then(
          () => 'good',
          () => 'refused',
        ),
      )
      .toBe('refused');
  });

  it.each([
    ['is down', (send: (status: number, body: string) => void) => send(503, 'no')],
    ['answers with something else', (send: (status: number, body: string) => void) => send(200, '<html>')],
    ['answers without keys', (send: (status: number, body: string) => void) => send(200, '{"keys":[]}')],
    [
      'answers with a flood',
      (send: (status: number, body: string) => void) => send(200, 'x'.repeat(300_000)),
    ],
  ])(
    'cannot be had when it %s: that is said, and it is not asked for every token',
    async (_what, instead) => {
      server.instead = instead;
      for (let times = 0; times < 3; times++) {
        const refused = verifier.verify(await key.sign(claims({ jti: `${times}` })));
        await expect(refused).rejects.toMatchObject({
          code: 'UNAVAILABLE',
          retryAfterMs: expect.any(Number),
        });
      }
      expect(server.reads).toBe(1);
      server.instead = undefined;
      clock.advance(5_000);
      expect((await verifier.verify(await key.sign(claims()))).userId).toBe('ann');
    },
  );

  it('go on being good while it is away, for a bounded time', async () => {
    await verifier.verify(await key.sign(claims()));
    server.instead = (send) => send(500, '');
    clock.advance(3_600_000);
    expect((await verifier.verify(await key.sign(claims()))).userId).toBe('ann');
    await expect.poll(() => server.reads).toBe(2);
    clock.advance(14_400_000);
    await expect(verifier.verify(await key.sign(claims()))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

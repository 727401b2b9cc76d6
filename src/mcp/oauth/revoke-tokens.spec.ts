import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GuardedFetch, NetworkConfig, NetworkGuard } from '#net';
import { configOf } from '../../../test/support/config.js';
import { AuthorizationServer } from '../../../test/support/mcp/authorization-server.js';
import { OAuthFetch } from './oauth-fetch.js';
import { revokeTokens } from './revoke-tokens.js';
import type { KeptTokens } from './sealed-tokens.js';

let server: AuthorizationServer;
let guarded: GuardedFetch;
beforeEach(async () => {
  server = await AuthorizationServer.start();
});
afterEach(async () => {
  await guarded.onModuleDestroy();
  await server[Symbol.asyncDispose]();
});

/** As a user has them after his sign-in. */
function keptOf(client: Partial<KeptTokens['client']> = {}): KeptTokens {
  server.tokens.add('access');
  server.registered.set('gateway', { redirect_uris: [] });
  return {
    origin: 'http://127.0.0.1:1',
    issuer: server.url,
    tokenEndpoint: `${server.url}/token`,
    revocation: { endpoint: `${server.url}/revoke`, authMethods: ['none', 'client_secret_post'] },
    client: { client_id: 'gateway', issuer: server.url, redirect_uri: 'http://127.0.0.1/', ...client },
    access: 'access',
    refresh: 'refresh',
  };
}

function revoked(kept: KeptTokens, allow: readonly string[] = [new URL(server.url).host]): Promise<boolean> {
  guarded = new GuardedFetch(new NetworkGuard(configOf([NetworkConfig], { tools: { network: { allow } } })));
  // A server of an admin that is spoken to in clear: else nobody in clear is.
  return revokeTokens(kept, new OAuthFetch(guarded).for([kept.origin]));
}

describe('tokens that are not used any more', () => {
  it('are made void, each by itself, by the client that they were given to', async () => {
    expect(await revoked(keptOf())).toBe(true);
    const asked = server.revocations.map((form) => Object.fromEntries(form));
    expect(asked).toHaveLength(2);
    expect(asked).toEqual(
      expect.arrayContaining([
        { client_id: 'gateway', token: 'refresh', token_type_hint: 'refresh_token' },
        { client_id: 'gateway', token: 'access', token_type_hint: 'access_token' },
      ]),
    );
    expect(server.tokens.has('access')).toBe(false);
  });

  it.each([
    ['in the form', ['client_secret_post'], { client_id: 'gateway', client_secret: 'secret' }],
    ['in the header', ['client_secret_basic'], {}],
    ['in the header where nothing is said', undefined, {}],
  ])('say the secret of the client %s', async (_, authMethods, expected) => {
    server.secret = 'secret';
    const kept = keptOf({ client_secret: 'secret' });
    const revocation = { endpoint: `${server.url}/revoke`, ...(authMethods && { authMethods }) };
    expect(await revoked({ ...kept, revocation })).toBe(true);
    const { token, token_type_hint, ...credentials } = Object.fromEntries(server.revocations[0] ?? []);
    expect([token, token_type_hint]).not.toContain(undefined);
    expect(credentials).toEqual(expected);
  });

  it('are left to run out where nobody wants to know', async () => {
    const { revocation, ...kept } = keptOf();
    expect(revocation).toBeDefined();
    expect(await revoked(kept)).toBe(false);
    expect(server.revocations).toEqual([]);
  });

  it('go to no private address that a server names', async () => {
    expect(await revoked(keptOf(), [])).toBe(false);
    expect(server.revocations).toEqual([]);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['refuses', (response) => void response.writeHead(503).end()],
    ['sends elsewhere', (response) => void response.writeHead(307, { location: '/token' }).end()],
    ['breaks off', (response) => void response.destroy()],
    ['never answers', () => undefined],
    ['never ends', endless],
  ])(
    'are not waited for when the server %s',
    async (_, play) => {
      server.playRevocation = play;
      expect(await revoked(keptOf())).toBe(false);
      expect(server.revocations).toHaveLength(2);
      expect(server.asked).toEqual([]);
    },
    30_000,
  );
});

function endless(response: ServerResponse): void {
  const write = (): void => {
    while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
    if (!response.destroyed) response.once('drain', write);
  };
  response.writeHead(200);
  write();
}

import fc from 'fast-check';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Authenticator } from './authenticator.js';
import { authenticatorOf } from './authenticator.fixture.js';
import { LOCAL_USER } from './identity/user-id.js';
import { IdentityError, PermissionError } from './permission.errors.js';

const TOKEN = 'correct-horse-battery-staple';

function authenticator(mode: 'standalone' | 'managed'): Authenticator {
  return authenticatorOf({ token: TOKEN, mode }).authenticator;
}

const managed = authenticator('managed');

function as(userId: string) {
  return managed.authenticate({ token: TOKEN, userId });
}

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

describe('the gateway token', () => {
  it.each(['standalone', 'managed'] as const)('makes an admin in %s mode', async (mode) => {
    const caller = await authenticator(mode).authenticate({
      token: TOKEN,
      userId: 'ann',
      address: '10.0.0.1',
    });
    expect(caller).toMatchObject({
      userId: mode === 'standalone' ? LOCAL_USER : 'ann',
      role: 'admin',
      credential: { kind: 'gateway-token' },
      address: '10.0.0.1',
    });
    expect(caller.scopes).toContain('operator.admin');
    expect(Object.isFrozen(caller)).toBe(true);
  });

  it.each([
    undefined,
    '',
    'wrong',
    TOKEN.slice(0, -1),
    `${TOKEN} `,
    `${TOKEN}x`,
    TOKEN.toUpperCase(),
    'x'.repeat(1_000_000),
  ])('is refused when it is not the right one (%#)', async (token) => {
    const attempt = () =>
      authenticator('managed').authenticate({ userId: 'ann', ...(token !== undefined && { token }) });
    await expect(attempt()).rejects.toThrow(PermissionError);
    await expect(attempt()).rejects.toThrow(
      expect.objectContaining({ reason: 'unauthenticated', code: 'UNAUTHORIZED' }),
    );
  });

  it('is compared in constant time, whatever the length of what was sent', async () => {
    const compare = vi.spyOn(crypto, 'timingSafeEqual');
    syncBuiltinESMExports();
    for (const token of ['w', TOKEN, 'x'.repeat(10_000)]) {
      try {
        await authenticator('standalone').authenticate({ token });
      } catch {
        // Only the comparison counts here.
      }
    }
    expect(compare.mock.calls.map(([a, b]) => [a.byteLength, b.byteLength])).toEqual([
      [32, 32],
      [32, 32],
      [32, 32],
    ]);
  });

  it('is not in any message about it', async () => {
    await expect(authenticator('managed').authenticate({ token: 'my-secret-guess' })).rejects.toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/my-secret-guess|correct-horse/) }),
    );
  });
});

describe('the user id', () => {
  it('is ignored in standalone mode', async () => {
    for (const userId of ['ann', 'system', 'x'.repeat(1_000), '\n'])
      expect((await authenticator('standalone').authenticate({ token: TOKEN, userId })).userId).toBe(
        LOCAL_USER,
      );
  });

  it.each([undefined, ''])('is required in managed mode (%#)', async (userId) => {
    await expect(
      authenticator('managed').authenticate({ token: TOKEN, ...(userId !== undefined && { userId }) }),
    ).rejects.toThrow(/X-GoClaw-User-Id/);
  });

  it.each(['system', 'local', 'group:', 'group:telegram:1'])('may not be the reserved %s', async (userId) => {
    await expect(as(userId)).rejects.toThrow(IdentityError);
    await expect(as(userId)).rejects.toThrow(/reserved/);
  });

  it('is at most 255 bytes of UTF-8', async () => {
    expect((await as('x'.repeat(255))).userId).toHaveLength(255);
    expect((await as(`${'ü'.repeat(127)}x`)).userId).toHaveLength(128);
    await expect(as('x'.repeat(256))).rejects.toThrow(/longer than 255 bytes/);
    await expect(as('ü'.repeat(128))).rejects.toThrow(/longer than 255 bytes/);
  });

  it.each(['a\nb', 'a\u0000', '\u007f', 'a\u0085', ' a', 'a ', '\u00a0a', 'a\ud800'])(
    'may not hold control characters, outer blanks or broken text (%j)',
    async (userId) => {
      await expect(as(userId)).rejects.toThrow(/control characters or outer blanks/);
    },
  );

  it('is opaque: what is allowed is taken exactly as it came, and two ids never become one', async () => {
    const allowed = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .filter((id) => !/[\p{Cc}\p{Cs}]/u.test(id) && id.trim() === id && Buffer.byteLength(id) <= 255)
      .filter((id) => !/^(system|local|group:.*)$/s.test(id));
    await fc.assert(fc.asyncProperty(allowed, async (id) => (await as(id)).userId === id));
    expect((await as('é')).userId).not.toBe((await as('e\u0301')).userId);
    expect((await as('System')).userId).toBe('System');
  });

  it.each([
    ['tenant.acme.user.ann', 'acme'],
    ['tenant.acme.user.a.b', 'acme'],
    ['tenant.acme.user.a\u2028b', 'acme'],
    ['tenant.acme.user.', undefined],
    ['tenant..user.ann', undefined],
    ['xtenant.acme.user.ann', undefined],
    ['tenant.acme', undefined],
    ['ann', undefined],
  ])('%j has the tenant %j', async (userId, tenant) => {
    expect((await as(userId)).tenant).toBe(tenant);
  });
});

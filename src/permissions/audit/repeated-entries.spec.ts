import { describe, expect, it } from 'vitest';
import type { Caller } from '#contracts';
import type { AuditEntry } from '#store';
import { RepeatedEntries } from './repeated-entries.js';

const DENIED: AuditEntry = {
  action: 'access.denied',
  outcome: 'denied',
  target: { type: 'route', id: 'GET /v1/users' },
};

function caller(userId: string, credential: Caller['credential'], address = '192.0.2.1'): Caller {
  return { userId, role: 'viewer', scopes: [], credential, address };
}

describe('entries that repeat', () => {
  it('are told once, and later with their number', () => {
    const repeated = new RepeatedEntries();
    const ann = caller('ann', { kind: 'api-key', id: 'k1' });
    expect([0, 1, 2].map((now) => repeated.add(ann, DENIED, now))).toEqual(['new', 'counted', 'counted']);
    expect(repeated.takeDue(59_999)).toEqual([]);
    expect(repeated.takeDue(60_000)).toMatchObject([{ entry: { details: { repeats: 2 } } }]);
    expect(repeated.size).toBe(0);
  });

  it.each([
    [
      'users of the key of a tenant',
      (n: number) => caller(`u${n}`, { kind: 'api-key', id: 'k1' }, `192.0.2.${n % 256}`),
    ],
    [
      'addresses of one network',
      (n: number) => caller('', { kind: 'anonymous' }, `2001:db8::${n.toString(16)}`),
    ],
  ])('leave room for those of others, however many %s somebody has', (_, face) => {
    const repeated = new RepeatedEntries();
    const about = (n: number): AuditEntry => ({ ...DENIED, target: { type: 'route', id: `GET /${n}` } });
    const told = Array.from({ length: 5_000 }, (_none, n) => repeated.add(face(n), about(n), 0));
    expect(told.filter((one) => one === 'new').length).toBe(100);
    expect(repeated.add(caller('bob', { kind: 'api-key', id: 'k2' }), DENIED, 0)).toBe('new');
    repeated.takeDue(60_000);
    expect(repeated.add(face(6_000), about(6_000), 60_000)).toBe('new');
  });
});

import { expect, it } from 'vitest';
import type { Caller } from '#contracts';
import type { ApiKeyStore } from '#store';
import { ManualClock } from '../../../test/support/manual-clock.js';
import type { AuditLog } from '../audit/audit-log.js';
import { LastUse } from './last-use.js';

it('tells of a key that is used from another network, also while its owner uses it all the time', () => {
  const told: unknown[] = [];
  const audit = { record: ({ address }: Caller) => void told.push(address) } as unknown as AuditLog;
  const clock = new ManualClock();
  const store = { touch: () => Promise.resolve() } as unknown as ApiKeyStore;
  const lastUse = new LastUse(store, audit, clock);
  const from = (address: string): void =>
    lastUse.used('k1', {
      userId: 'ann',
      role: 'operator',
      scopes: [],
      credential: { kind: 'api-key', id: 'k1' },
      address,
    });
  from('192.0.2.1');
  clock.advance(1_000);
  from('192.0.2.1');
  from('198.51.100.7');
  from('198.51.100.7');
  expect(told).toEqual(['192.0.2.1', '198.51.100.7']);
  clock.advance(60_000);
  from('192.0.2.1');
  expect(told).toHaveLength(3);
});

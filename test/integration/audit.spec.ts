import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '#contracts';
import { SystemClock } from '#kernel';
import { AuditLog, PermissionError } from '#permissions';
import { type AuditEntry, AuditStore, AuditVerification, type Database } from '#store';
import { callerOf } from '../support/callers.js';
import { describeEachEngine, type EngineUnderTest } from '../support/each-engine.js';

const ann = { ...callerOf('tenant.acme.user.ann', 'admin'), tenant: 'acme', address: '192.0.2.7' };
const WITHOUT_TRIGGER = 'ALTER TABLE audit_log DISABLE TRIGGER USER';
const WITH_TRIGGER = 'ALTER TABLE audit_log ENABLE TRIGGER USER';

describeEachEngine('audit log', (make) => {
  let engine: EngineUnderTest;
  let database: Database;
  let store: AuditStore;
  let verification: AuditVerification;

  beforeAll(async () => {
    engine = await make();
    database = await engine.open();
    store = new AuditStore(database);
    verification = new AuditVerification(database);
  });
  afterAll(async () => {
    await database.close();
    await engine.remove();
  });
  beforeEach(() =>
    asOwner(
      `DELETE FROM audit_log`,
      `UPDATE audit_head SET seq = 0, hash = repeat('0', 64), pruned_seq = 0, pruned_hash = repeat('0', 64)`,
    ),
  );

  /** What somebody does who has got hold of the owner of the tables. */
  async function asOwner(...statements: string[]): Promise<void> {
    await database.transaction(async (tx) => {
      for (const sql of [WITHOUT_TRIGGER, ...statements, WITH_TRIGGER]) await tx.query(sql);
    });
  }

  function append(...entries: AuditEntry[]): Promise<void> {
    return database.transaction((tx) => store.append(tx, ann, entries));
  }

  function update(id: string, more: Partial<AuditEntry> = {}): AuditEntry {
    return { action: 'agent.update', outcome: 'ok', target: { type: 'agent', id }, ...more };
  }

  async function five(): Promise<void> {
    for (const id of ['a', 'b', 'c', 'd', 'e']) await append(update(id));
  }

  it('says who did what, from where, and what it was before and after', async () => {
    await append(update('a', { before: { model: 'x' }, after: { model: 'y', tags: ['ü', 1.5e30, null] } }));
    const { items } = await store.page({ action: 'agent.' }, { limit: 10 });
    expect(items).toMatchObject([
      {
        seq: 1,
        user_id: ann.userId,
        tenant: 'acme',
        role: 'admin',
        credential: 'gateway-token',
        address: '192.0.2.7',
        action: 'agent.update',
        outcome: 'ok',
        target_type: 'agent',
        target_id: 'a',
        before: { model: 'x' },
        after: { model: 'y', tags: ['ü', 1.5e30, null] },
      },
    ]);
    expect(await verification.verify()).toMatchObject({ entries: 1, head: { seq: 1 } });
  });

  it('holds no secret, whoever forgot to mask it', async () => {
    const canary = 'sk-canary-1';
    await append(
      update('a', {
        after: { api_key: canary, nested: [{ apiKey: canary, headers: { x: canary } }], credentials: canary },
        details: { token: canary, input_tokens: 7 },
      }),
    );
    const { items } = await store.page({}, { limit: 10 });
    expect(JSON.stringify(items)).not.toContain(canary);
    expect(items[0]).toMatchObject({ after: { api_key: '***' }, details: { token: '***', input_tokens: 7 } });
  });

  it('takes what the database could not store, and what is too long, and still verifies', async () => {
    await append(
      update('\u0000'.repeat(3) + 'x'.repeat(400), {
        details: { text: 'a\u0000b\ud800', big: 'x'.repeat(100) },
        after: { huge: 'y'.repeat(100_000) },
      }),
    );
    const { items } = await store.page({}, { limit: 10 });
    expect(items[0]?.after).toEqual({ omitted_chars: expect.any(Number) as number });
    expect((await verification.verify()).broken).toBeUndefined();
  });

  it('keeps one chain while many append at once', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, i) => append(update(String(i)), update(`${i}b`))));
    expect(await verification.verify()).toMatchObject({ entries: 40, head: { seq: 40 } });
    expect((await verification.verify()).broken).toBeUndefined();
  });

  it('pages from the newest to the oldest, and exports everything that fits from the oldest on', async () => {
    await five();
    const first = await store.page({}, { limit: 2, withTotal: true });
    expect(first.items.map(({ seq }) => seq)).toEqual([5, 4]);
    expect(first.total).toBe(5);
    const next = await store.page({}, { limit: 5, after: first.next ?? '' });
    expect(next.items.map(({ seq }) => seq)).toEqual([3, 2, 1]);
    const exported: number[] = [];
    for await (const rows of store.export({ targetType: 'agent' }))
      exported.push(...rows.map((row) => row.seq));
    expect(exported).toEqual([1, 2, 3, 4, 5]);
  });

  describe('once written', () => {
    it.each([
      ['to change an entry', `UPDATE audit_log SET user_id = 'nobody'`],
      ['to remove an entry', 'DELETE FROM audit_log WHERE seq = 1'],
      ['to be emptied', 'TRUNCATE audit_log'],
    ])('refuses %s', async (_, sql) => {
      await five();
      await expect(database.query(sql)).rejects.toThrow(/append-only/);
      expect((await verification.verify()).entries).toBe(5);
    });
  });

  describe('verified', () => {
    it.each([
      [
        'a changed entry',
        [`UPDATE audit_log SET user_id = 'nobody' WHERE seq = 3`],
        3,
        /content was changed/,
      ],
      [
        'a changed detail',
        [`UPDATE audit_log SET details = '{"a":1}' WHERE seq = 2`],
        2,
        /content was changed/,
      ],
      ['a removed entry', ['DELETE FROM audit_log WHERE seq = 3'], 3, /it is gone/],
      ['removed first entries', ['DELETE FROM audit_log WHERE seq <= 2'], 1, /1 to 2 are gone/],
      ['a removed end', ['DELETE FROM audit_log WHERE seq >= 4'], 4, /4 to 5 are gone/],
      [
        'entries that changed places',
        [
          'UPDATE audit_log SET seq = -1 WHERE seq = 2',
          'UPDATE audit_log SET seq = 2 WHERE seq = 3',
          'UPDATE audit_log SET seq = 3 WHERE seq = -1',
        ],
        2,
        /does not follow/,
      ],
      ['an end that was moved back', ['UPDATE audit_head SET seq = 4'], 4, /end of the chain/],
      [
        'an added entry',
        [
          `INSERT INTO audit_log SELECT 6, '00000000-0000-7000-8000-000000000000', at, user_id, tenant, role, credential,
           credential_id, address, action, outcome, target_type, target_id, before, after, details, trace_id,
           previous_hash, hash FROM audit_log WHERE seq = 5`,
        ],
        6,
        /behind the end/,
      ],
    ])('shows %s', async (_, statements, seq, reason) => {
      await five();
      await asOwner(...statements);
      expect((await verification.verify()).broken).toEqual({
        seq,
        reason: expect.stringMatching(reason) as string,
      });
    });
  });

  it('still verifies when old entries have left, and goes on', async () => {
    await five();
    await asOwner(`ALTER TABLE audit_log ALTER COLUMN at SET DEFAULT now()`);
    // Hashes cover the time: entries that are old are made by moving today instead.
    expect(await store.prune(1)).toBe(0);
    await database.query(
      `CREATE OR REPLACE FUNCTION pg_temp.nothing() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
    );
    await database.transaction(async (tx) => {
      await tx.query(WITHOUT_TRIGGER);
      await tx.query(`UPDATE audit_log SET at = at - interval '500 days' WHERE seq <= 3`);
      await tx.query(WITH_TRIGGER);
    });
    expect(await store.prune(400)).toBe(3);
    await append(update('f'));
    expect(await verification.verify()).toEqual({
      entries: 3,
      prunedSeq: 3,
      head: { seq: 6, hash: expect.any(String) as string },
    });
  });

  describe('of what happens outside of changes', () => {
    let log: AuditLog;
    const refused = new PermissionError('role', 'no');

    beforeEach(() => {
      log = new AuditLog(database, store, new SystemClock());
    });

    it('has denied access, once for many tries of the same, with their number', async () => {
      for (let i = 0; i < 100; i++) log.denied(ann, { kind: 'route', what: 'GET /v1/x', error: refused });
      log.denied(ann, { kind: 'method', what: 'config.get', error: refused });
      log.denied(ann, { kind: 'method', what: 'config.get', error: new Error('something else') });
      await log.flush();
      expect((await store.page({ outcome: 'denied' }, { limit: 10 })).items).toHaveLength(2);
      await log.onApplicationShutdown();
      const { items } = await store.page({ targetId: 'GET /v1/x' }, { limit: 10 });
      expect(items.map(({ details }) => details)).toEqual([
        { reason: 'role', repeats: 99 },
        { reason: 'role' },
      ]);
    });

    it('counts what is too much to be written', async () => {
      for (let i = 0; i < 2_500; i++) {
        const stranger: Caller = { ...callerOf(`u${i}`), credential: { kind: 'api-key', id: `k${i}` } };
        log.denied(stranger, { kind: 'route', what: 'x', error: refused });
      }
      await log.onApplicationShutdown();
      const { total } = await store.page({ outcome: 'denied' }, { limit: 1, withTotal: true });
      expect(total).toBe(2_000);
      const { items } = await store.page({ action: 'audit.dropped' }, { limit: 1 });
      expect(items[0]?.details).toEqual({ count: 500 });
      expect((await verification.verify()).broken).toBeUndefined();
    });
  });
});

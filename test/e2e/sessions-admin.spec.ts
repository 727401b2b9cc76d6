import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWalledGateway, type WalledGateway } from '../support/gateway/index.js';
import { describeWithPostgres } from '../support/postgres/index.js';
import { RawSocket } from '../support/raw-socket.js';
import { RestClient } from '../support/rest.js';

const ANN = 'tenant.acme.user.ann';
const BOB = 'tenant.bolt.user.bob';

type Row = Readonly<Record<string, unknown>>;

/** The gateway's own role owns nothing here, and PostgreSQL holds the users apart: everything still works. */
describeWithPostgres('conversations, people and usage over REST', () => {
  let walled: WalledGateway;
  let admin: RestClient;
  let ann: RestClient;
  let bob: RestClient;

  beforeAll(async () => {
    walled = await startWalledGateway();
    admin = RestClient.admin(walled.gateway);
    [ann, bob] = [await admin.bound(ANN), await admin.bound(BOB)];
    for (const [user, talks] of [
      [ann, ['taxes', 'travel', 'food']],
      [bob, ['bikes']],
    ] as const) {
      for (const talk of talks) await ask(user, talk);
    }
  });
  afterAll(() => walled[Symbol.asyncDispose]());

  async function ask(user: RestClient, sessionKey: string, content = `About ${sessionKey}.`): Promise<void> {
    walled.llm.reply({ text: `Of ${sessionKey}.` });
    const { status } = await user.call(
      'POST',
      '/v1/chat/completions',
      { messages: [{ role: 'user', content }] },
      { 'x-goclaw-session-key': sessionKey },
    );
    expect(status).toBe(200);
  }

  async function rows(who: RestClient, path: string, key: string): Promise<Row[]> {
    return (await who.done('GET', path))[key] as Row[];
  }

  async function sessionOf(user: RestClient, q: string): Promise<Row> {
    const [session] = await rows(user, `/v1/sessions?q=${q}`, 'sessions');
    if (!session) throw new Error(`There is no session ${q}.`);
    return session;
  }

  describe('of conversations', () => {
    it('everybody sees their own, an admin those of all', async () => {
      expect((await rows(ann, '/v1/sessions', 'sessions')).map((s) => s['user_id'])).toEqual([ANN, ANN, ANN]);
      expect(await rows(ann, `/v1/sessions?user_id=${BOB}`, 'sessions')).toEqual([]);
      expect(await rows(admin, '/v1/sessions', 'sessions')).toHaveLength(4);
      expect(await rows(admin, '/v1/sessions?tenant=bolt', 'sessions')).toMatchObject([
        { user_id: BOB, agent_key: 'default', message_count: 2, tenant: 'bolt' },
      ]);
    });

    it('a page follows another, in the order that is asked for, with the number of all', async () => {
      const first = await ann.done('GET', '/v1/sessions?limit=2&sort=created_at');
      expect(first).toMatchObject({ total: 3 });
      const second = await ann.done(
        'GET',
        `/v1/sessions?limit=2&sort=created_at&after=${String(first['next'])}`,
      );
      const keys = [...(first['sessions'] as Row[]), ...(second['sessions'] as Row[])].map((s) =>
        String(s['session_key']).split(':').at(-1),
      );
      expect(keys).toEqual(['taxes', 'travel', 'food']);
      expect(second['next']).toBeUndefined();
    });

    it('messages are read in both directions', async () => {
      const { id } = await sessionOf(ann, 'taxes');
      const path = `/v1/sessions/${String(id)}/messages`;
      expect(await rows(ann, path, 'messages')).toMatchObject([
        { seq: 1, role: 'user', content: 'About taxes.' },
        { seq: 2, role: 'assistant', content: 'Of taxes.' },
      ]);
      expect(await ann.done('GET', `${path}?limit=1`)).toMatchObject({ next: 1, messages: [{ seq: 1 }] });
      expect(await ann.done('GET', `${path}?after=1`)).toMatchObject({ messages: [{ seq: 2 }] });
      expect(await ann.done('GET', `${path}?before=99&limit=1`)).toMatchObject({
        next: 2,
        messages: [{ seq: 2 }],
      });
    });

    it('what is another user’s, or no id, is not there, whatever is tried', async () => {
      const { id } = await sessionOf(ann, 'taxes');
      for (const wanted of [String(id), 'not-an-id', '00000000-0000-7000-8000-000000000000']) {
        for (const [method, path, body] of [
          ['GET', '', undefined],
          ['GET', '/messages', undefined],
          ['PATCH', '', { label: 'mine' }],
          ['POST', '/reset', undefined],
          ['DELETE', '', undefined],
        ] as const) {
          expect((await bob.call(method, `/v1/sessions/${wanted}${path}`, body)).status).toBe(404);
        }
      }
      expect(await ann.done('GET', `/v1/sessions/${String(id)}`)).not.toHaveProperty('label');
    });

    it('they get a label and a model, begin anew, and go', async () => {
      const { id } = await sessionOf(ann, 'travel');
      const path = `/v1/sessions/${String(id)}`;
      expect(await ann.done('PATCH', path, { label: 'Lisbon', model: 'openai/other' })).toMatchObject({
        label: 'Lisbon',
        model_override: 'openai/other',
      });
      expect(await ann.done('PATCH', path, { model: null })).not.toHaveProperty('model_override');
      expect(await ann.refusal('PATCH', path, { user_id: BOB })).toMatch(/^400/);
      for (const field of ['label', 'model'])
        expect(await ann.refusal('PATCH', path, { [field]: 'a\u0000b' })).toMatch(/^400/);
      expect(await ann.done('POST', `${path}/reset`)).toMatchObject({ status: 'reset', message_count: 0 });
      expect(await ann.done('DELETE', path)).toMatchObject({ status: 'deleted', id });
      expect((await ann.call('GET', path)).status).toBe(404);
    });

    it('an admin deletes one on its owner’s behalf, which stops what goes on in it and is told of', async () => {
      walled.llm.hang();
      using socket = await RawSocket.connect(bob.entry);
      const sent = socket.request('chat.send', { message: 'Wait.', sessionKey: 'long' });
      await expect.poll(() => rows(admin, '/v1/sessions?q=long', 'sessions')).toHaveLength(1);
      const [session] = await rows(admin, '/v1/sessions?q=long', 'sessions');
      await admin.done('DELETE', `/v1/sessions/${String(session?.['id'])}`);
      expect(await sent).toMatchObject({ ok: true, payload: { status: 'aborted' } });
      const entries = await rows(admin, `/v1/audit?target_id=${String(session?.['id'])}`, 'entries');
      expect(entries).toMatchObject([
        { action: 'session.delete', user_id: 'root', details: { user_id: BOB } },
      ]);
    });
  });

  describe('of people', () => {
    it('users are those that talked to an agent, with what they used', async () => {
      await expect.poll(() => rows(admin, '/v1/users', 'users')).toHaveLength(2);
      expect(await rows(admin, '/v1/users?tenant=acme', 'users')).toMatchObject([
        { user_id: ANN, tenant: 'acme', agent_count: 1, sessions: expect.any(Number) as number },
      ]);
      const one = await admin.done('GET', `/v1/users/${ANN}`);
      expect(one).toMatchObject({ user_id: ANN, agents: [{ agent_key: 'default' }] });
      expect((await admin.call('GET', '/v1/users/nobody')).status).toBe(404);
      expect(await rows(admin, '/v1/users?q=%25', 'users')).toEqual([]);
    });

    it('tenants are made of their ids', async () => {
      const tenants = await rows(admin, '/v1/tenants?sort=tenant', 'tenants');
      expect(tenants).toMatchObject([
        { tenant: 'acme', users: 1 },
        { tenant: 'bolt', users: 1 },
      ]);
      expect(await admin.done('GET', '/v1/tenants/acme')).toMatchObject({ users: 1 });
      expect((await admin.call('GET', '/v1/tenants/other')).status).toBe(404);
    });

    it.each(['/v1/users', `/v1/users/${ANN}`, `/v1/users/${ANN}/export`, '/v1/tenants', '/v1/tenants/acme'])(
      'nobody but an admin is told %s',
      async (path) => {
        expect((await ann.call('GET', path)).status).toBe(403);
      },
    );
  });

  describe('of usage', () => {
    it('everybody sees their own records and sums, an admin those of all', async () => {
      const own = await rows(ann, '/v1/usage', 'records');
      expect(new Set(own.map((r) => r['user_id']))).toEqual(new Set([ANN]));
      expect(own[0]).toMatchObject({ agent_key: 'default', model: 'scripted', provider: 'openai' });
      const all = await rows(admin, '/v1/usage/summary?group_by=user', 'groups');
      expect(all.map((g) => String(g['key'])).toSorted()).toEqual([ANN, BOB]);
      expect((await rows(bob, '/v1/usage/summary?group_by=user', 'groups')).map((g) => g['key'])).toEqual([
        BOB,
      ]);
    });

    it.each([
      ['agent', ['default']],
      ['tenant', ['acme', 'bolt']],
      ['day', [new Date().toISOString().slice(0, 10)]],
      ['model', ['scripted']],
      ['provider', ['openai']],
    ])('sums by %s are made by the database', async (grouping, keys) => {
      await expect
        .poll(async () =>
          (await rows(admin, `/v1/usage/summary?group_by=${grouping}`, 'groups'))
            .map((g) => String(g['key']))
            .toSorted(),
        )
        .toEqual(keys);
    });

    it('sums are of the time that is asked for', async () => {
      expect(await rows(admin, '/v1/usage/summary?from=2999-01-01', 'groups')).toEqual([]);
      expect((await admin.call('GET', '/v1/usage/summary?group_by=colour')).status).toBe(400);
    });
  });

  it('traces are paged by keyset and by offset, an admin’s those of all', async () => {
    const first = await admin.done('GET', '/v1/traces?limit=2&total=true');
    const second = await admin.done('GET', `/v1/traces?limit=2&after=${String(first['next'])}`);
    const third = await admin.done('GET', '/v1/traces?limit=2&offset=2');
    expect((second['traces'] as Row[]).map((t) => t['id'])).toEqual(
      (third['traces'] as Row[]).map((t) => t['id']),
    );
    expect(first['total']).toBeGreaterThanOrEqual(4);
    const own = await rows(ann, '/v1/traces', 'traces');
    expect(new Set(own.map((t) => t['user_id']))).toEqual(new Set([ANN]));
    expect(own[0]).toMatchObject({ duration_ms: expect.any(Number) as number, total_cost: 0 });
  });
});

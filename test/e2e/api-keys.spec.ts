import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Answer, bearer, call, type Call, reasonOf } from '../support/access/managed-calls.js';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { describeWithPostgres, type TestDatabase, createTestDatabase } from '../support/postgres/index.js';
import { RawSocket } from '../support/raw-socket.js';

interface Key {
  readonly id: string;
  readonly key: string;
  readonly version: number;
}

/** UTF-8 in a header, as clients send it. */
function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

describeWithPostgres('API keys', () => {
  let database: TestDatabase;
  let llm: ScriptedLlm;
  let gateway: RunningGateway;
  let other: RunningGateway;

  beforeAll(async () => {
    database = await createTestDatabase();
    llm = await ScriptedLlm.start();
    const options = { llm, dsn: database.dsn };
    [gateway, other] = await Promise.all([startGateway(options), startGateway(options)]);
  });
  afterAll(async () => {
    await Promise.all([gateway, other].map((one) => one[Symbol.asyncDispose]()));
    await llm[Symbol.asyncDispose]();
    await database.drop();
  });

  const keys = (path = '', options?: Call): Promise<Answer> => call(gateway, `/v1/api-keys${path}`, options);

  async function make(terms: object): Promise<Key> {
    const { status, body } = await keys('', {
      method: 'POST',
      body: { name: 'a key', role: 'operator', ...terms },
    });
    expect(status, JSON.stringify(body)).toBe(201);
    return body as unknown as Key;
  }

  const ask = (token: string, headers: Record<string, string> = {}, body: object = {}): Promise<Answer> =>
    call(gateway, '/v1/chat/completions', {
      method: 'POST',
      headers: bearer(token, headers),
      body: { messages: [{ role: 'user', content: 'hi' }], ...body },
    });

  it('are shown once, known by their beginning, and not kept', async () => {
    const made = await make({ user_id: 'ann' });
    expect(made.key).toMatch(/^gck_[\w-]{43}$/);
    const { body } = await keys(`/${made.id}`);
    expect(body).toMatchObject({
      status: 'active',
      role: 'operator',
      user_id: 'ann',
      created_by: 'root',
      version: 1,
    });
    expect(body['key_prefix']).toBe(made.key.slice(0, 10));
    expect(JSON.stringify(body)).not.toMatch(/hash|gck_[\w-]{20}/);
    const { output, logs } = gateway;
    expect(`${output}${logs}`).not.toContain(made.key);
  });

  it('run agents for the user that they are bound to, without a header, and for nobody else', async () => {
    const { id, key } = await make({ user_id: 'ann' });
    llm.reply('Hello Ann');
    expect((await ask(key)).status).toBe(200);
    const asBob = await ask(key, { 'x-goclaw-user-id': 'bob' });
    expect([asBob.status, reasonOf(asBob)]).toEqual([403, undefined]);
    await expect
      .poll(async () => (await keys(`/${id}`)).body['last_used_at'], { timeout: 20_000 })
      .toEqual(expect.any(String));
    expect((await keys(`/${id}`)).body['last_used_from']).toBe('127.0.0.1');
  });

  it.each([
    [{ role: 'operator' }, /bound/],
    [{ role: 'viewer', user_id: 'ann', tenant: 'acme' }, /not to both/],
    [{ role: 'admin', tenant: 'acme' }, /admin key/],
    [{ role: 'root', user_id: 'ann' }, /role/],
    [{ role: 'viewer', user_id: 'ann', scopes: ['operator.write'] }, /cannot have the scope/],
    [{ role: 'operator', user_id: 'system' }, /reserved/],
    [{ role: 'operator', user_id: 'x'.repeat(256) }, /255|user_id/],
    [{ role: 'operator', tenant: 'a.b' }, /tenant/],
    [{ role: 'operator', user_id: 'ann', expires_at: '2020-01-01T00:00:00Z' }, /future/],
    [{ role: 'operator', user_id: 'ann', expires_at: 'soon' }, /expires_at/],
    [{ role: 'operator', user_id: 'ann', key_hash: 'x' }, /key_hash/],
    [{ role: 'operator', user_id: 'ann', rate_limit_rpm: 0 }, /rate_limit_rpm/],
  ])('cannot be made of %j', async (terms, message) => {
    const { status, body } = await keys('', { method: 'POST', body: { name: 'a key', ...terms } });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toMatch(message);
  });

  it('of a tenant act for its users only, look-alikes not among them', async () => {
    const { key } = await make({ tenant: 'acme' });
    llm.reply('Hello');
    expect((await ask(key, { 'x-goclaw-user-id': 'tenant.acme.user.ann' })).status).toBe(200);
    for (const user of ['tenant.umbrella.user.ann', 'tenant.аcme.user.ann', 'tenant.acme .user.ann', 'ann'])
      expect((await ask(key, { 'x-goclaw-user-id': latin1(user) })).status, user).toBe(403);
  });

  it('are listed page by page, with filters, and everybody but an admin sees their own', async () => {
    const mine = await make({ user_id: 'pager', name: 'b' });
    await make({ user_id: 'pager', name: 'a', role: 'viewer' });
    const { body } = await keys('?user_id=pager&sort=name&limit=1');
    expect(body).toMatchObject({ total: 2, api_keys: [{ name: 'a' }], next: expect.any(String) });
    const next = await keys(`?user_id=pager&sort=name&limit=1&after=${String(body['next'])}`);
    expect(next.body).toMatchObject({ api_keys: [{ name: 'b' }] });
    expect((await keys('?user_id=pager&role=viewer')).body).toMatchObject({ total: 1 });
    const own = await keys('', { headers: bearer(mine.key) });
    expect(own.body).toMatchObject({ total: 2 });
    expect((await keys('?user_id=ann', { headers: bearer(mine.key) })).body).toMatchObject({ api_keys: [] });
    const foreign = await make({ user_id: 'ann' });
    for (const path of [`/${foreign.id}`, '/no-id', `/${foreign.id}x`])
      expect((await keys(path, { headers: bearer(mine.key) })).status).toBe(404);
    expect((await keys(`/${foreign.id}`, { method: 'DELETE', headers: bearer(mine.key) })).status).toBe(404);
    expect((await keys(`/${mine.id}`, { method: 'DELETE', headers: bearer(mine.key) })).body).toMatchObject({
      status: 'revoked',
      revoked_by: 'pager',
    });
    expect((await keys('?sort=key_hash')).status).toBe(400);
  });

  it('are changed by one admin at a time', async () => {
    const { id } = await make({ user_id: 'ann' });
    const change = (name: string, etag: string): Promise<Answer> =>
      keys(`/${id}`, {
        method: 'PATCH',
        body: { name },
        headers: { ...gateway.headers('root'), 'if-match': etag },
      });
    const answers = await Promise.all([change('one', '"1"'), change('two', '"1"')]);
    expect(answers.map(({ status }) => `${status}`).toSorted()).toEqual(['200', '412']);
    const { headers } = await keys(`/${id}`);
    expect(headers.get('etag')).toBe('"2"');
    const refused = await keys(`/${id}`, { method: 'PATCH', body: { role: 'admin', key_hash: 'x' } });
    expect(refused.status).toBe(400);
  });

  it('end at once when they are revoked: sockets of every replica, streams and the next request', async () => {
    const { id, key } = await make({ user_id: 'ann' });
    using here = await RawSocket.connect({ wsUrl: gateway.wsUrl, token: key });
    using there = await RawSocket.connect({ wsUrl: other.wsUrl, token: key });
    using stays = await RawSocket.connect(gateway, 'ann');
    llm.hangAfter(1);
    const stream = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { ...bearer(key), 'content-type': 'application/json' },
      body: JSON.stringify({ stream: true, messages: [{ role: 'user', content: 'hi' }] }),
    });
    const text = stream.text();
    expect((await keys(`/${id}`, { method: 'DELETE' })).status).toBe(200);
    for (const socket of [here, there]) {
      expect(await socket.untilClosed()).toMatchObject({
        code: 1008,
        reason: expect.stringContaining('revoked'),
      });
    }
    expect(await text).toMatch(/revoked/);
    const refused = await ask(key);
    expect([refused.status, reasonOf(refused)]).toEqual([401, undefined]);
    expect(stays.closed).toBeUndefined();
  });

  it('get a new secret, and the one before works for as long as it is given', async () => {
    const made = await make({ user_id: 'ann' });
    using old = await RawSocket.connect({ wsUrl: gateway.wsUrl, token: made.key });
    const { body } = await keys(`/${made.id}/rotate`, { method: 'POST', body: { grace_seconds: 2 } });
    const next = String(body['key']);
    expect(next).not.toBe(made.key);
    expect((await keys('', { headers: bearer(made.key) })).status).toBe(200);
    using fresh = await RawSocket.connect({ wsUrl: gateway.wsUrl, token: next });
    expect(await old.untilClosed()).toMatchObject({ code: 1008 });
    expect((await keys('', { headers: bearer(made.key) })).status).toBe(401);
    expect(fresh.closed).toBeUndefined();
    const last = await keys(`/${made.id}/rotate`, { method: 'POST' });
    expect(await fresh.untilClosed()).toMatchObject({ code: 1008 });
    expect((await keys('', { headers: bearer(String(last.body['key'])) })).status).toBe(200);
  });

  it('end what they began when they expire', async () => {
    const { key } = await make({ user_id: 'ann', expires_at: new Date(Date.now() + 1_500).toISOString() });
    using socket = await RawSocket.connect({ wsUrl: gateway.wsUrl, token: key });
    expect(await socket.untilClosed()).toMatchObject({
      code: 1008,
      reason: expect.stringContaining('expired'),
    });
    expect((await keys('', { headers: bearer(key) })).status).toBe(401);
  });

  it('have a limit of their own, besides that of their user', async () => {
    const { key } = await make({ user_id: 'limited', rate_limit_rpm: 6 });
    for (let times = 0; times < 5; times++) {
      llm.reply('ok');
      expect((await ask(key)).status).toBe(200);
    }
    const refused = await ask(key);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(1);
    using socket = await RawSocket.connect({ wsUrl: gateway.wsUrl, token: key });
    expect(await socket.refusal('chat.send', { message: 'hi' })).toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      retryAfterMs: expect.any(Number),
    });
  });

  it('are in the audit log without their secrets: made, used, changed, taken back', async () => {
    const { id, key } = await make({ user_id: 'ann' });
    await keys('', { headers: bearer(key) });
    await keys(`/${id}/rotate`, { method: 'POST' });
    await keys(`/${id}`, { method: 'DELETE' });
    const entries = async (): Promise<Record<string, unknown>[]> => {
      const { body } = await call(gateway, `/v1/audit?target_id=${id}&limit=50`);
      return (body['entries'] ?? []) as Record<string, unknown>[];
    };
    await expect
      .poll(async () => (await entries()).map((entry) => String(entry['action'])).toSorted(), {
        timeout: 20_000,
      })
      .toEqual(['api-key.create', 'api-key.revoke', 'api-key.rotate', 'api-key.use']);
    expect(JSON.stringify(await entries())).not.toMatch(/key_hash|gck_[\w-]{20}/);
  });
});

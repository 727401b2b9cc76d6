import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { createTestDatabase, describeWithPostgres } from '../support/postgres/index.js';
import { RawSocket } from '../support/raw-socket.js';
import { RestClient } from '../support/rest.js';

const WAIT_LIMIT_MS = 10_000;

describeWithPostgres('who may use an agent, on two replicas', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let llm: ScriptedLlm;
  let here: RunningGateway;
  let there: RunningGateway;
  let admin: RestClient;
  let ann: RestClient;
  let bob: RestClient;
  let made = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    llm = await ScriptedLlm.start();
    const env = { GOCLAW_ENCRYPTION_KEY: '0'.repeat(64) };
    [here, there] = await Promise.all([
      startGateway({ llm, dsn: database.dsn, env }),
      startGateway({ llm, dsn: database.dsn, env }),
    ]);
    admin = RestClient.admin(here);
    [ann, bob] = [await admin.bound('ann'), await admin.bound('bob')];
  });
  afterAll(async () => {
    await Promise.all([here, there].map((gateway) => gateway[Symbol.asyncDispose]()));
    await llm[Symbol.asyncDispose]();
    await database.drop();
  });

  /** An agent that belongs to Ann. */
  async function annsAgent(values: object = {}): Promise<{ key: string; path: string }> {
    const key = `anns-${++made}`;
    await admin.done('POST', '/v1/agents', { agent_key: key, owner_id: 'ann', ...values });
    return { key, path: `/v1/agents/${key}` };
  }

  /** What was changed on one replica is asked of the other one until it knows. */
  async function until<T>(look: () => Promise<T>, wanted: (found: T) => boolean): Promise<T> {
    const deadline = performance.now() + WAIT_LIMIT_MS;
    for (;;) {
      const found = await look();
      if (wanted(found) || performance.now() > deadline) return found;
    }
  }

  it('is nobody but its owner, on every way to it, until it is shared', async () => {
    const { key, path } = await annsAgent();
    using socket = await RawSocket.connect({ ...bob.entry });
    expect(await bob.ask(key)).toBe('404 model_not_found');
    expect(await bob.refusal('GET', path)).toMatch(/^404 /);
    expect(await bob.refusal('GET', '/v1/agents/no-such-agent')).toMatch(/^404 /);
    for (const [method, route] of [
      ['PATCH', path],
      ['DELETE', path],
      ['GET', `${path}/shares`],
      ['GET', `${path}/files`],
      ['GET', `${path}/files/SOUL.md?user_id=me`],
      ['PUT', `${path}/overrides/me`],
      ['GET', `${path}/overrides`],
      ['GET', `/v1/models/goclaw:${key}`],
    ] as const) {
      const body = method === 'GET' || method === 'DELETE' ? undefined : {};
      expect(await bob.refusal(method, route, body), `${method} ${route}`).toMatch(/^404 /);
    }
    const session = `agent:${key}:ws:direct:bob`;
    for (const [method, params] of [
      ['chat.send', { agentId: key, message: 'hi' }],
      ['chat.send', { sessionKey: session, message: 'hi' }],
      ['agent', { agentId: key }],
      ['agent.wait', { agentId: key }],
      ['agent.identity.get', { agentId: key }],
      ['agents.update', { agentId: key, name: 'mine' }],
      ['agents.files.get', { agentId: key, name: 'SOUL.md' }],
      ['agents.files.set', { agentId: key, name: 'SOUL.md', content: 'x' }],
      ['sessions.list', { agentId: key }],
    ] as const) {
      expect(await socket.refusal(method, params), method).toMatchObject({ code: 'NOT_FOUND' });
    }
    const { agents } = await socket.result('agents.list');
    expect(JSON.stringify(agents)).not.toContain(key);
    expect(JSON.stringify(await bob.done('GET', '/v1/agents?limit=200'))).not.toContain(key);
    expect(JSON.stringify(await bob.done('GET', '/v1/models'))).not.toContain(key);

    expect(await ann.done('POST', `${path}/shares`, { user_id: 'bob' })).toMatchObject({
      ok: 'true',
      user_id: 'bob',
      role: 'user',
      granted_by: 'ann',
    });
    llm.reply('Hello Bob.');
    expect(await bob.ask(key)).toBe('Hello Bob.');
    expect(await bob.done('GET', path)).toMatchObject({ agent_key: key });
    expect(JSON.stringify(await bob.done('GET', '/v1/models'))).toContain(key);
  });

  it('lets users run it, editors change it, and its owner share and delete it', async () => {
    const { key, path } = await annsAgent();
    await ann.done('POST', `${path}/shares`, { user_id: 'bob', role: 'user' });
    expect(await bob.refusal('PATCH', path, { model: 'mine' })).toMatch(/^403 /);
    expect(await bob.refusal('GET', `${path}/files/SOUL.md`)).toMatch(/^403 /);
    await ann.done('POST', `${path}/shares`, { user_id: 'bob', role: 'editor' });
    expect(await ann.done('GET', `${path}/shares`)).toMatchObject({ total: 1, shares: [{ role: 'editor' }] });
    const edited = await until(
      () => bob.call('PATCH', path, { model: 'edited' }),
      ({ status }) => status === 200,
    );
    expect(edited.body).toMatchObject({ agent_key: key, model: 'edited' });
    for (const change of [
      { owner_id: 'bob' },
      { is_default: true },
      { workspace: '/etc' },
      { restrict_to_workspace: false },
      { sandbox_config: { mode: 'off' } },
      { tools_config: { alsoAllow: ['exec'] } },
    ]) {
      expect(await bob.refusal('PATCH', path, change), JSON.stringify(change)).toMatch(/^403 Only an admin/);
      expect(await ann.refusal('PATCH', path, change), JSON.stringify(change)).toMatch(/^403 Only an admin/);
    }
    expect(await bob.refusal('POST', `${path}/shares`, { user_id: 'eve' })).toMatch(/^403 /);
    expect(await bob.refusal('DELETE', path)).toMatch(/^403 /);
    expect(await bob.refusal('POST', '/v1/agents', { agent_key: 'bobs' })).toMatch(/^403 /);
    expect(await ann.done('DELETE', path)).toMatchObject({ ok: 'true' });
  });

  it('refuses shares that are none', async () => {
    const { path } = await annsAgent();
    const share = (body: object) => ann.refusal('POST', `${path}/shares`, body);
    expect(await share({})).toMatch(/^400 user_id /);
    expect(await share({ user_id: 'x', role: 'king' })).toMatch(/^400 role /);
    expect(await share({ user_id: 'é'.repeat(128) })).toMatch(/^400 user_id .*255 bytes/);
    const long = 'u'.repeat(255);
    await ann.done('POST', `${path}/shares`, { user_id: long });
    await ann.done('DELETE', `${path}/shares/${long}`);
    expect(await ann.refusal('DELETE', `${path}/shares/${long}`)).toMatch(/^404 /);
  });

  it('is another set of people on the other replica, too, as soon as it is changed on one', async () => {
    const { key, path } = await annsAgent({ model: 'first' });
    const [annThere, bobThere] = [ann.at(there), bob.at(there)];
    llm.reply('warm');
    expect(await annThere.ask(key)).toBe('warm');
    expect(await bobThere.ask(key)).toBe('404 model_not_found');
    llm.respond(({ model }) => `by ${model}`);
    await ann.done('POST', `${path}/shares`, { user_id: 'bob' });
    expect(
      await until(
        () => bobThere.ask(key),
        (answer) => answer === 'by first',
      ),
    ).toBe('by first');
    await admin.done('PATCH', path, { model: 'second' });
    expect(
      await until(
        () => bobThere.ask(key),
        (answer) => answer === 'by second',
      ),
    ).toBe('by second');
    await bob.done('PUT', `${path}/overrides/me`, { model: 'bobs' });
    expect(
      await until(
        () => bobThere.ask(key),
        (answer) => answer === 'by bobs',
      ),
    ).toBe('by bobs');
    expect(await annThere.ask(key)).toBe('by second');
    await ann.done('DELETE', `${path}/shares/bob`);
    const gone = '404 model_not_found';
    expect(
      await until(
        () => bobThere.ask(key),
        (answer) => answer === gone,
      ),
    ).toBe(gone);
  });

  it('is changed by one of two who change it on two replicas at once', async () => {
    const { path } = await annsAgent();
    const { etag = '' } = await admin.call('GET', path);
    const change = (at: RestClient, display_name: string) =>
      at.call('PATCH', path, { display_name }, { 'if-match': etag });
    const answers = await Promise.all([change(admin, 'here'), change(admin.at(there), 'there')]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412]);
    const winner = answers.find(({ status }) => status === 200)?.body['display_name'];
    expect(await admin.done('GET', path)).toMatchObject({ display_name: winner, version: 2 });
  });

  it.each([
    [
      'its share is withdrawn',
      (path: string) => ann.done('DELETE', `${path}/shares/bob`),
      'may no longer use it',
    ],
    ['the agent is deleted', (path: string) => ann.done('DELETE', path), 'it was deleted'],
    [
      'the agent is made inactive',
      (path: string) => ann.done('PATCH', path, { status: 'inactive' }),
      'inactive',
    ],
  ])('ends a going run before its next tool when %s on the other replica', async (_, change, reason) => {
    const { key, path } = await annsAgent();
    await ann.done('POST', `${path}/shares`, { user_id: 'bob' });
    using socket = await RawSocket.connect({ wsUrl: there.wsUrl, token: bob.token });
    const gate = llm.gate();
    const id = socket.begin('chat.send', { agentId: key, message: 'Write.' });
    await gate.reached;
    await change(path);
    await until(
      () => bob.at(there).ask(key),
      (answer) => answer.startsWith('4'),
    );
    const before = llm.requests.length;
    gate.release({ toolCalls: [{ name: 'write_file', arguments: { path: 'secret.txt', content: 'x' } }] });
    const { error } = await socket.answer(id);
    expect(error).toMatchObject({ code: 'FAILED_PRECONDITION', message: expect.stringContaining(reason) });
    expect(llm.requests).toHaveLength(before);
    expect(socket.events.filter(({ type }) => type === 'tool.call')).toEqual([]);
    // What was said stays with the one who said it.
    const { messages } = await socket.result('sessions.preview', { key: `agent:${key}:ws:direct:bob` });
    expect(messages).toContainEqual(expect.objectContaining({ role: 'user', content: 'Write.' }));
    const history = await socket.result('chat.history', { sessionKey: `agent:${key}:ws:direct:bob` });
    expect(history['messages']).toEqual(messages);
    expect(await socket.refusal('chat.send', { agentId: key, message: 'more' })).toMatchObject({
      code: expect.stringMatching(/NOT_FOUND|FAILED_PRECONDITION/),
    });
    expect(await socket.result('sessions.delete', { key: `agent:${key}:ws:direct:bob` })).toEqual({
      ok: true,
    });
  });

  it('ends a going run before its next tool when its key is revoked', async () => {
    const key = await admin.done('POST', '/v1/api-keys', {
      name: 'short',
      role: 'operator',
      user_id: 'dan',
    });
    const dan = new RestClient(there, String(key['key']), undefined);
    const gate = llm.gate();
    const asked = dan.call('POST', '/v1/chat/completions', {
      model: 'goclaw:default',
      messages: [{ role: 'user', content: 'Write.' }],
    });
    await gate.reached;
    await admin.done('DELETE', `/v1/api-keys/${String(key['id'])}`);
    await until(
      () => dan.call('GET', '/v1/models'),
      ({ status }) => status === 401,
    );
    const before = llm.requests.length;
    gate.release({ toolCalls: [{ name: 'write_file', arguments: { path: 'secret.txt', content: 'x' } }] });
    const { status, body } = await asked;
    expect(status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(body)).toContain('revoked');
    expect(llm.requests).toHaveLength(before);
  });
});

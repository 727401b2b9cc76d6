import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { createTestDatabase, describeWithPostgres } from '../support/postgres/index.js';
import { RawSocket } from '../support/raw-socket.js';
import { RestClient } from '../support/rest.js';

const CANARY = 'sk-canary-provider-0123456789';
const KEY_A = 'a'.repeat(64);

let names = 0;
const newName = (): string => `provider-${++names}`;

describe('providers by REST', () => {
  let llm: ScriptedLlm;
  let other: ScriptedLlm;
  let gateway: RunningGateway;
  let admin: RestClient;

  beforeAll(async () => {
    llm = await ScriptedLlm.start({ models: ['m1', 'm2'] });
    other = await ScriptedLlm.start();
    gateway = await startGateway({ mode: 'managed', llm });
    admin = RestClient.admin(gateway);
  });
  afterAll(async () => {
    expect(`${gateway.logs}${gateway.output}`).not.toContain(CANARY);
    await gateway[Symbol.asyncDispose]();
    await Promise.all([llm, other].map((one) => one[Symbol.asyncDispose]()));
  });

  async function create(values: object = {}): Promise<Record<string, unknown>> {
    const input = { name: newName(), api_base: llm.openaiUrl, api_key: CANARY, ...values };
    return admin.done('POST', '/v1/providers', input);
  }

  it('are shown without their key, with an ETag, and in pages', async () => {
    const name = newName();
    const made = await admin.call('POST', '/v1/providers', {
      name,
      api_base: llm.openaiUrl,
      api_key: CANARY,
    });
    expect(made).toMatchObject({ status: 201, etag: '"1"' });
    expect(made.body).toMatchObject({ name, api_key: '***', enabled: true, provider_type: 'openai_compat' });
    expect(JSON.stringify(made.body)).not.toContain('canary');
    expect(await admin.done('GET', `/v1/providers/${String(made.body['id'])}`)).toEqual(made.body);
    await create();
    const first = await admin.done('GET', '/v1/providers?limit=1&sort=-name');
    expect(first).toMatchObject({ providers: [expect.any(Object)], next: expect.any(String) });
    const next = await admin.done('GET', `/v1/providers?limit=1&sort=-name&after=${String(first['next'])}`);
    expect(next['providers']).not.toEqual(first['providers']);
    expect(first['total']).toBe(next['total']);
  });

  it('bring the base URL and the type of a preconfigured name along', async () => {
    const body = await create({ name: 'anthropic', api_base: undefined });
    expect(body).toMatchObject({
      provider_type: 'anthropic_native',
      api_base: 'https://api.anthropic.com/v1',
    });
    await admin.done('DELETE', `/v1/providers/${String(body['id'])}`);
  });

  it.each([
    ['no name', { api_base: 'http://x.test' }, 'name'],
    ['a name that is no slug', { name: 'My Provider', api_base: 'http://x.test' }, 'name'],
    ['no base URL', { name: 'nobody-knows-it' }, 'api_base'],
    ['a base URL of another scheme', { name: 'x', api_base: 'file:///etc/passwd' }, 'api_base'],
    [
      'a type that does not exist',
      { name: 'x', api_base: 'http://x.test', provider_type: 'telepathy' },
      'provider_type',
    ],
    ['a key with a line break', { name: 'x', api_base: 'http://x.test', api_key: 'a\nb' }, 'api_key'],
    ['a giant key', { name: 'x', api_base: 'http://x.test', api_key: 'x'.repeat(10_000) }, 'api_key'],
    ['a column that does not exist', { name: 'x', api_base: 'http://x.test', 'x = 1; --': 1 }, 'x = 1; --'],
    [
      'settings that do not exist',
      { name: 'x', api_base: 'http://x.test', settings: { a: 1 } },
      'settings.a',
    ],
    ['enabled as a text', { name: 'x', api_base: 'http://x.test', enabled: 'yes' }, 'enabled'],
  ])('are refused with %s', async (_, input, param) => {
    const { status, body } = await admin.call('POST', '/v1/providers', input);
    expect([status, body['error']]).toEqual([400, expect.objectContaining({ param })]);
  });

  it.each(['x', '00000000-0000-7000-8000-000000000000', '%00', "1' OR '1'='1"])(
    'are not found by %j',
    async (id) => {
      const path = `/v1/providers/${encodeURIComponent(id)}`;
      for (const method of ['GET', 'DELETE']) expect(await admin.refusal(method, path)).toMatch(/^404 /);
      expect(await admin.refusal('PUT', path, {})).toMatch(/^404 /);
    },
  );

  it('have a name once, also when many want it at the same time', async () => {
    const input = { name: newName(), api_base: llm.openaiUrl };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => admin.call('POST', '/v1/providers', input)),
    );
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([201, ...Array<number>(7).fill(409)]);
  });

  it('are changed by who has seen the last version, and keep what is not given', async () => {
    const { id } = await create();
    const path = `/v1/providers/${String(id)}`;
    const changed = await admin.call('PUT', path, { display_name: 'Mine' }, { 'if-match': '"1"' });
    expect(changed).toMatchObject({ status: 200, etag: '"2"' });
    expect(changed.body).toMatchObject({ display_name: 'Mine', api_key: '***', status: 'updated' });
    expect((await admin.call('PATCH', path, { display_name: 'Yours' }, { 'if-match': '"1"' })).status).toBe(
      412,
    );
    // As a form sends back what it has read.
    const again = await admin.done('PUT', path, { ...changed.body, display_name: null });
    expect(again).not.toHaveProperty('display_name');
    expect(again).toMatchObject({ api_key: '***', version: 3 });
    expect(await admin.done('PATCH', path, { api_key: null })).not.toHaveProperty('api_key');
  });

  it('do not send a stored key to another host', async () => {
    const { id } = await create();
    const path = `/v1/providers/${String(id)}`;
    expect(await admin.refusal('PATCH', path, { api_base: other.openaiUrl })).toMatch(
      /^400 api_key is required/,
    );
    await admin.done('PATCH', path, { api_base: other.openaiUrl, api_key: 'another-key' });
  });

  describe('in use', () => {
    const agents: string[] = [];
    let name: string;
    let agent: string;

    beforeEach(async () => {
      name = newName();
      agent = `agent-of-${name}`;
      agents.push(agent);
    });

    it('serve an agent from the next call on, with their newest key, until they are deleted', async () => {
      const { id } = await create({ name });
      await admin.done('POST', '/v1/agents', { agent_key: agent, provider: name, model: 'm1' });
      llm.reply('one').reply('two');
      expect(await admin.ask(agent)).toBe('one');
      expect(llm.lastRequest.headers['authorization']).toBe(`Bearer ${CANARY}`);
      await admin.done('PATCH', `/v1/providers/${String(id)}`, { api_key: 'the-second-key' });
      expect(await admin.ask(agent)).toBe('two');
      expect(llm.lastRequest.headers['authorization']).toBe('Bearer the-second-key');
      const before = llm.requests.length;
      await admin.done('DELETE', `/v1/providers/${String(id)}`);
      expect(await admin.ask(agent)).toMatch(/^(4|5)\d\d /);
      expect(llm.requests).toHaveLength(before);
    });

    it('hide the one of the configuration, also while they are disabled', async () => {
      other.respond(() => 'from the database');
      llm.respond(() => 'from the configuration');
      await admin.done('POST', '/v1/agents', { agent_key: agent, provider: 'openai', model: 'm1' });
      expect(await admin.ask(agent)).toBe('from the configuration');
      const { id } = await create({ name: 'openai', api_base: other.openaiUrl });
      const path = `/v1/providers/${String(id)}`;
      expect(await admin.ask(agent)).toBe('from the database');
      await admin.done('PATCH', path, { enabled: false });
      expect(await admin.ask(agent)).toMatch(/^(4|5)\d\d /);
      await admin.done('DELETE', path);
      expect(await admin.ask(agent)).toBe('from the configuration');
    });

    it('have their models in models.list', async () => {
      const { id } = await create({ name, settings: { models: ['only-here'] } });
      using socket = await RawSocket.connect(gateway, 'ann');
      const models = async () => JSON.stringify(await socket.result('models.list'));
      expect(await models()).toContain('only-here');
      await admin.done('DELETE', `/v1/providers/${String(id)}`);
      expect(await models()).not.toContain('only-here');
    });
  });

  describe('tried out', () => {
    it('list their models, or ask the model that is named', async () => {
      const { id } = await create();
      const test = `/v1/providers/${String(id)}/test`;
      expect(await admin.done('POST', test)).toMatchObject({
        ok: true,
        models: ['m1', 'm2'],
        latency_ms: expect.any(Number),
      });
      llm.reply('Hi');
      expect(await admin.done('POST', test, { model: 'm1' })).toMatchObject({ ok: true, model: 'm1' });
      expect(await admin.done('GET', `/v1/providers/${String(id)}/models`)).toEqual({
        models: [{ id: 'm1' }, { id: 'm2' }],
      });
    });

    it('say what is wrong, without the key, also before they are stored', async () => {
      llm.fail(401, { message: `Incorrect API key provided: ${CANARY}` });
      const unsaved = { name: 'new', api_base: llm.openaiUrl, api_key: CANARY };
      const wrong = await admin.done('POST', '/v1/providers/test', { ...unsaved, model: 'm1' });
      expect(wrong).toMatchObject({ ok: false, error: expect.stringContaining('401') });
      expect(JSON.stringify(wrong)).not.toContain('canary');
      const away = await admin.done('POST', '/v1/providers/test', {
        ...unsaved,
        api_base: 'http://127.0.0.1:9/v1',
      });
      expect(away).toMatchObject({ ok: false, error: expect.stringContaining('cannot be reached') });
      expect(await admin.done('POST', '/v1/providers/test', unsaved)).toMatchObject({ ok: true });
      expect(await admin.refusal('POST', '/v1/providers/test', { ...unsaved, api_key: '***' })).toMatch(
        /^400 api_key/,
      );
    });
  });
});

describeWithPostgres('providers of two replicas', () => {
  it('are the same for both, at once', async () => {
    const database = await createTestDatabase();
    await using llm = await ScriptedLlm.start();
    const env = { GOCLAW_ENCRYPTION_KEY: KEY_A };
    await using here = await startGateway({ llm, dsn: database.dsn, env });
    await using there = await startGateway({ llm, dsn: database.dsn, env });
    llm.respond(() => 'Hello');
    const admin = RestClient.admin(here);
    const far = RestClient.admin(there);
    const { id } = await admin.done('POST', '/v1/providers', {
      name: 'shared',
      api_base: llm.openaiUrl,
      api_key: 'k1',
    });
    await admin.done('POST', '/v1/agents', { agent_key: 'shared-agent', provider: 'shared', model: 'm' });
    await expect.poll(() => far.ask('shared-agent')).toBe('Hello');
    expect(llm.lastRequest.headers['authorization']).toBe('Bearer k1');
    await far.done('PATCH', `/v1/providers/${String(id)}`, { api_key: 'k2' });
    await expect
      .poll(async () => {
        await admin.ask('shared-agent');
        return llm.lastRequest.headers['authorization'];
      })
      .toBe('Bearer k2');
    await here.stop();
    await there.stop();
    await database.drop();
  });
});

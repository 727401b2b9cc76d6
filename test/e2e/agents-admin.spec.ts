import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { RawSocket } from '../support/raw-socket.js';
import { RestClient } from '../support/rest.js';

describe('agents by REST', () => {
  let llm: ScriptedLlm;
  let gateway: RunningGateway;
  let admin: RestClient;
  let made = 0;

  beforeAll(async () => {
    llm = await ScriptedLlm.start();
    gateway = await startGateway({ mode: 'managed', llm });
    admin = RestClient.admin(gateway);
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await llm[Symbol.asyncDispose]();
  });

  const newKey = (): string => `agent-${++made}`;
  const create = (values: object = {}) =>
    admin.done('POST', '/v1/agents', { agent_key: newKey(), ...values });

  it('has what was not said from the configuration, and belongs to who made it', async () => {
    const key = newKey();
    const { status, body, etag } = await admin.call('POST', '/v1/agents', { agent_key: key });
    expect(status).toBe(201);
    expect(etag).toBe('"1"');
    expect(body).toMatchObject({
      ok: 'true',
      agent_key: key,
      name: key,
      owner_id: 'root',
      context_window: 200_000,
      max_tool_iterations: 20,
      restrict_to_workspace: true,
      agent_type: 'open',
      status: 'active',
      is_default: false,
      tools_config: {},
    });
    const byKey = await admin.done('GET', `/v1/agents/${key}`);
    expect(await admin.done('GET', `/v1/agents/${String(body['id'])}`)).toEqual(byKey);
  });

  it('is refused with the field that does not fit', async () => {
    const values: [string, object][] = [
      ['agent_key', { agent_key: 'Not A Key' }],
      ['agent_key', { agent_key: '01890000-0000-7000-8000-000000000000' }],
      ['provider', { provider: 'nobody' }],
      ['tools_config.alow', { tools_config: { alow: [] } }],
      ['tools_config.deny', { tools_config: { deny: ['group:nonsense'] } }],
      ['context_pruning.mode', { context_pruning: { mode: 'sometimes' } }],
      ['sandbox_config.scope', { sandbox_config: { scope: 'galaxy' } }],
      ['subagents_config.maxSpawnDepth', { subagents_config: { maxSpawnDepth: 99 } }],
      ['memory_config.vector_weight', { memory_config: { vector_weight: 2 } }],
      ['compaction_config.maxHistoryShare', { compaction_config: { maxHistoryShare: 7 } }],
      ['other_config.temprature', { other_config: { temprature: 1 } }],
      ['context_window', { context_window: 0 }],
      ['workspace', { workspace: '../outside' }],
      ['workspace', { workspace: 'a/../../b' }],
      ['owner_id', { owner_id: 'group:telegram:1' }],
      ['nonsense', { nonsense: 1 }],
    ];
    for (const [param, value] of values) {
      const { status, body } = await admin.call('POST', '/v1/agents', { agent_key: newKey(), ...value });
      const { error } = body as { error: { param?: string; message: string } };
      expect([status, error.param], JSON.stringify(value)).toEqual([400, param]);
      expect(error.message.length).toBeGreaterThan(10);
    }
  });

  it.each([
    ['a key', {}, 'agent_key is required.'],
    ['a field', { agent_key: 'a', modell: 'm' }, 'modell is not a field that can be set here; /docs shows'],
    ['a setting', { agent_key: 'a', tools_config: { profil: 'full' } }, 'did you mean "profile"?'],
    ['an owner', { agent_key: 'a', owner_id: 'group:a' }, 'owner_id is reserved; name a user, or "system"'],
  ])('is refused for %s with what to do about it', async (_, values, message) => {
    const { status, body } = await admin.call('POST', '/v1/agents', values);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { message: expect.stringContaining(message) } });
  });

  it('is one of two that were made with the same key at once, and its key is free once it is deleted', async () => {
    const key = newKey();
    const both = await Promise.all([1, 2].map(() => admin.call('POST', '/v1/agents', { agent_key: key })));
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
    expect(await admin.done('DELETE', `/v1/agents/${key}`)).toMatchObject({ ok: 'true', agent_key: key });
    expect(await admin.refusal('GET', `/v1/agents/${key}`)).toMatch(/^404 /);
    expect(await admin.ask(key)).toBe('404 model_not_found');
    await admin.done('POST', '/v1/agents', { agent_key: key });
    llm.reply('I am new.');
    expect(await admin.ask(key)).toBe('I am new.');
  });

  it('is changed in part by PUT and PATCH, and not by who has seen an older version', async () => {
    const { id } = await create({ display_name: 'One', model: 'scripted' });
    const path = `/v1/agents/${String(id)}`;
    const first = await admin.call('PATCH', path, { display_name: 'Two' }, { 'if-match': '"1"' });
    expect([first.status, first.etag, first.body['model']]).toEqual([200, '"2"', 'scripted']);
    const late = await admin.call('PUT', path, { display_name: 'Three' }, { 'if-match': '"1"' });
    expect(late.status).toBe(412);
    expect(late.body).toMatchObject({ error: { message: expect.stringContaining('Read it again') } });
    const read = await admin.done('GET', path);
    expect((await admin.call('PUT', path, { ...read, display_name: null })).status).toBe(200);
    expect(await admin.done('GET', path)).not.toHaveProperty('display_name');
    expect(await admin.refusal('PATCH', path, { agent_key: 'other' })).toMatch(
      /^400 agent_key cannot be changed/,
    );
  });

  it('is the default one alone, also when two are made so at once, and cannot be deleted then', async () => {
    const [one, two] = [await create(), await create()];
    const makeDefault = ({ id }: Record<string, unknown>) =>
      admin.call('PATCH', `/v1/agents/${String(id)}`, { is_default: true });
    const answers = await Promise.all([makeDefault(one), makeDefault(two)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const { agents } = (await admin.done('GET', '/v1/agents?limit=200')) as {
      agents: Record<string, unknown>[];
    };
    const defaults = agents.filter((agent) => agent['is_default']);
    expect(defaults).toHaveLength(1);
    const path = `/v1/agents/${String(defaults[0]?.['id'])}`;
    expect(await admin.refusal('DELETE', path)).toMatch(/^412 .*Make another one the default first/);
    expect(await admin.refusal('PATCH', path, { is_default: false })).toMatch(/^412 /);
    expect(await admin.refusal('PATCH', path, { status: 'inactive' })).toMatch(/^412 /);
    llm.reply('default speaking');
    const { body } = await admin.call('POST', '/v1/chat/completions', {
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'hi' }],
    });
    expect(body).toMatchObject({ choices: [{ message: { content: 'default speaking' } }] });
    await admin.done('PATCH', '/v1/agents/default', { is_default: true });
  });

  it('is listed page by page, sorted, filtered and counted', async () => {
    const mark = newKey();
    for (const n of [1, 2, 3]) await create({ agent_key: `${mark}-${n}`, display_name: `Page ${mark} ${n}` });
    const keys: unknown[] = [];
    let after: string | undefined = '';
    for (let pages = 0; after !== undefined && pages < 5; pages++) {
      const page = await admin.done(
        'GET',
        `/v1/agents?q=${mark.toUpperCase()}&sort=-agent_key&limit=2&after=${after}`,
      );
      expect(page['total']).toBe(3);
      keys.push(...(page['agents'] as Record<string, unknown>[]).map((agent) => agent['agent_key']));
      after = page['next'] as string | undefined;
    }
    expect(keys).toEqual([3, 2, 1].map((n) => `${mark}-${n}`));
    const none = await admin.done('GET', '/v1/agents?agent_type=predefined&owner_id=nobody');
    expect(none).toEqual({ agents: [], total: 0 });
    expect(await admin.refusal('GET', '/v1/agents?status=dead')).toMatch(/^400 status must be one of/);
  });

  it('takes no runs while it is inactive', async () => {
    const { agent_key: key, id } = await create();
    await admin.done('PATCH', `/v1/agents/${String(id)}`, { status: 'inactive' });
    expect(await admin.ask(String(key))).toBe('412 agent_inactive');
    await admin.done('PATCH', `/v1/agents/${String(id)}`, { status: 'active' });
    llm.reply('Back.');
    expect(await admin.ask(String(key))).toBe('Back.');
  });

  it('is asked as it was changed, from its next run on', async () => {
    const { agent_key: key, id } = await create({ other_config: { temperature: 0.1 } });
    llm.reply('one');
    await admin.ask(String(key));
    expect(llm.lastRequest.body).toMatchObject({ model: 'scripted', temperature: 0.1 });
    await admin.done('PATCH', `/v1/agents/${String(id)}`, {
      model: 'better',
      other_config: { temperature: 1.5 },
    });
    llm.reply('two');
    await admin.ask(String(key));
    expect(llm.lastRequest.body).toMatchObject({ model: 'better', temperature: 1.5 });
  });

  it('has the tools that its policy leaves it, in what the model is shown and in what is executed', async () => {
    const { agent_key: key, id } = await create({ tools_config: { deny: ['write_file'] } });
    const names = () => llm.lastRequest.tools.map(({ name }) => name);
    llm.replyToolCalls([{ name: 'write_file', arguments: { path: 'x.txt', content: 'x' } }]).reply('done');
    expect(await admin.ask(String(key))).toBe('done');
    expect(names()).toContain('read_file');
    expect(names()).not.toContain('write_file');
    const result = llm.lastRequest.messages.find(({ role }) => role === 'tool');
    expect(result?.text).toMatch(/not available|not allowed|unknown/i);
    await admin.done('PATCH', `/v1/agents/${String(id)}`, { tools_config: null });
    llm.reply('free');
    await admin.ask(String(key));
    expect(names()).toContain('write_file');
  });

  it('keeps each user’s own model and settings for it, which hold for that user alone', async () => {
    const { agent_key: key } = await create({ owner_id: 'system' });
    const ann = await admin.bound('ann');
    const mine = `/v1/agents/${String(key)}/overrides/me`;
    expect(await ann.refusal('GET', mine)).toMatch(/^404 /);
    const put = await ann.call('PUT', mine, {
      model: 'anns',
      settings: { temperature: 0.3, max_tokens: 77 },
    });
    expect([put.status, put.body['status'], put.body['user_id']]).toEqual([200, 'updated', 'ann']);
    llm.reply('to ann').reply('to root');
    await ann.ask(String(key));
    expect(llm.lastRequest.body).toMatchObject({ model: 'anns', temperature: 0.3 });
    expect(JSON.stringify(llm.lastRequest.body)).toContain('77');
    await admin.ask(String(key));
    expect(llm.lastRequest.body).toMatchObject({ model: 'scripted', temperature: 0.7 });
    expect(await ann.refusal('PUT', mine, { provider: 'nobody' })).toMatch(/^400 provider must be/);
    expect(await ann.refusal('PUT', mine, { settings: { temperature: 9 } })).toMatch(
      /^400 settings.temperature/,
    );
    expect(await ann.refusal('PUT', mine, { settings: { system: 'x' } })).toMatch(/^400 settings.system/);
    const others = `/v1/agents/${String(key)}/overrides/root`;
    expect(await ann.refusal('PUT', others, { model: 'x' })).toMatch(/^403 /);
    const listed = await admin.done('GET', `/v1/agents/${String(key)}/overrides`);
    expect(listed).toMatchObject({ total: 1, overrides: [{ user_id: 'ann', model: 'anns' }] });
    expect((await ann.call('DELETE', mine, undefined, { 'if-match': '"9"' })).status).toBe(412);
    await ann.done('DELETE', mine);
    llm.reply('as before');
    await ann.ask(String(key));
    expect(llm.lastRequest.body).toMatchObject({ model: 'scripted' });
  });

  it('notes who talks to it', async () => {
    const { agent_key: key } = await create({ owner_id: 'system' });
    const cat = RestClient.admin(gateway, 'tenant.acme.user.cat');
    llm.reply('hello');
    await cat.ask(String(key));
    const own = await cat.done('GET', `/v1/agents/${String(key)}/files?user_id=me`);
    const names = (own['files'] as Record<string, unknown>[]).filter((file) => file['missing'] === false);
    expect(names).toHaveLength(7);
  });
});

describe('agents over the socket', () => {
  it('are made, presented, changed and deleted in managed mode', async () => {
    await using llm = await ScriptedLlm.start();
    await using gateway = await startGateway({ mode: 'managed', llm });
    using socket = await RawSocket.connect(gateway, 'root');
    const made = await socket.result('agents.create', {
      name: 'My Helper',
      emoji: '*',
      agent_type: 'predefined',
      other_config: { temperature: 0 },
    });
    expect(made).toMatchObject({ ok: true, agentId: 'my-helper', name: 'My Helper' });
    expect(String(made['workspace'])).toContain('my-helper');
    expect(await socket.refusal('agents.create', { name: 'My  Helper' })).toMatchObject({
      code: 'ALREADY_EXISTS',
    });
    expect(await socket.refusal('agents.create', { name: ' Default ' })).toMatchObject({
      code: 'INVALID_REQUEST',
    });
    expect(await socket.result('agent.identity.get', { agentId: 'my-helper' })).toMatchObject({
      name: 'My Helper',
      emoji: '*',
    });
    const update = { agentId: 'My Helper', name: 'Helga', model: 'better' };
    expect(await socket.result('agents.update', update)).toEqual({ ok: true, agentId: 'my-helper' });
    expect(await socket.result('agent.identity.get', { agentId: 'my-helper' })).toMatchObject({
      name: 'Helga',
      emoji: '*',
    });
    const { agents } = await socket.result('agents.list');
    expect(agents).toContainEqual(
      expect.objectContaining({ id: 'my-helper', name: 'Helga', model: 'better' }),
    );
    const listed = await socket.result('agents.files.list', { agentId: 'my-helper' });
    const present = (listed['files'] as { name: string; missing: boolean }[]).filter((file) => !file.missing);
    expect(present.map(({ name }) => name)).toEqual([
      'AGENTS.md',
      'SOUL.md',
      'TOOLS.md',
      'IDENTITY.md',
      'USER.md',
      'HEARTBEAT.md',
    ]);
    const file = { agentId: 'my-helper', name: 'SOUL.md' };
    await socket.result('agents.files.set', { ...file, content: 'Be brief.' });
    expect(await socket.result('agents.files.get', file)).toMatchObject({
      file: { name: 'SOUL.md', missing: false, size: 9, content: 'Be brief.' },
    });
    expect(await socket.refusal('agents.files.get', { ...file, name: '../config.json' })).toMatchObject({
      code: 'INVALID_REQUEST',
    });
    expect(await socket.result('agents.delete', { agentId: 'my-helper' })).toEqual({
      ok: true,
      agentId: 'my-helper',
      removedBindings: 0,
    });
    expect(await socket.refusal('agents.delete', { agentId: 'my-helper' })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await socket.refusal('agents.delete', { agentId: 'default' })).toMatchObject({
      code: 'FAILED_PRECONDITION',
    });
  });

  it('are part of the configuration file in standalone mode, and their files lie in the workspace', async () => {
    await using llm = await ScriptedLlm.start();
    await using gateway = await startGateway({ llm });
    using socket = await RawSocket.connect(gateway);
    for (const [method, params] of [
      ['agents.create', { name: 'x' }],
      ['agents.update', { agentId: 'default', name: 'x' }],
      ['agents.delete', { agentId: 'x' }],
    ] as const) {
      const refusal = await socket.refusal(method, params);
      expect(refusal).toMatchObject({ code: 'FAILED_PRECONDITION' });
      expect(refusal.message).toContain('agents.list');
    }
    const set = { name: 'SOUL.md', content: 'Name: none\n' };
    expect(await socket.result('agents.files.set', set)).toMatchObject({
      agentId: 'default',
      workspace: gateway.workspace,
      file: { name: 'SOUL.md', missing: false, path: `${gateway.workspace}/SOUL.md` },
    });
    expect(await socket.result('agents.files.get', { name: 'SOUL.md' })).toMatchObject({
      file: { content: 'Name: none\n' },
    });
  });
});

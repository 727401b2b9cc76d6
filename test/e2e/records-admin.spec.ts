import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { RawSocket } from '../support/raw-socket.js';
import { RestClient } from '../support/rest.js';

const CANARY = 'canary-record-secret-0123456789';
const NOBODY = '00000000-0000-7000-8000-000000000000';

let gateway: RunningGateway;
let admin: RestClient;
let ann: RestClient;
let agentId: string;
let annsAgentId: string;
let names = 0;
const newName = (): string => `record-${++names}`;

beforeAll(async () => {
  gateway = await startGateway({ mode: 'managed' });
  admin = RestClient.admin(gateway);
  ann = await admin.bound('ann');
  agentId = String((await admin.done('POST', '/v1/agents', { agent_key: 'of-root' }))['id']);
  const owned = await RestClient.admin(gateway, 'ann').done('POST', '/v1/agents', { agent_key: 'of-ann' });
  annsAgentId = String(owned['id']);
});
afterAll(async () => {
  expect(`${gateway.logs}${gateway.output}`).not.toContain(CANARY);
  await gateway[Symbol.asyncDispose]();
});

const server = (values: object = {}) =>
  admin.done('POST', '/v1/mcp/servers', { name: newName(), transport: 'stdio', command: 'npx', ...values });
const tool = (values: object = {}) => ({
  name: newName(),
  command: 'ping {{.host}}',
  parameters: { type: 'object', properties: { host: { type: 'string' } } },
  ...values,
});
const instance = (values: object = {}) => ({
  name: newName(),
  channel_type: 'telegram',
  agent_id: agentId,
  credentials: { token: CANARY },
  ...values,
});

const KINDS: [string, string, () => object, object][] = [
  [
    '/v1/mcp/servers',
    'servers',
    () => ({ name: newName(), transport: 'stdio', command: 'npx', env: { T: CANARY } }),
    { display_name: 'x' },
  ],
  ['/v1/tools/custom', 'tools', () => tool({ env: { T: CANARY } }), { description: 'x' }],
  ['/v1/channels/instances', 'instances', () => instance(), { display_name: 'x' }],
];

describe.each(KINDS)('%s', (path, plural, input, change) => {
  it('keeps, shows, changes and deletes, without a secret and without a lost change', async () => {
    const made = await admin.call('POST', path, input());
    expect([made.status, made.etag]).toEqual([201, '"1"']);
    expect(made.body).toMatchObject({ created_by: 'root' });
    expect(JSON.stringify(made.body)).toContain('"***"');
    const one = `${path}/${String(made.body['id'])}`;
    const changed = await admin.call('PUT', one, { ...made.body, ...change }, { 'if-match': '"1"' });
    expect(changed.body).toMatchObject({ ...change, status: 'updated', version: 2 });
    expect((await admin.call('PATCH', one, change, { 'if-match': '"1"' })).status).toBe(412);
    const list = await admin.done('GET', `${path}?sort=-created_at`);
    expect(list[plural]).toContainEqual(expect.objectContaining(change));
    expect(await admin.done('DELETE', one)).toMatchObject({ status: 'deleted' });
    expect(await admin.refusal('GET', one)).toMatch(/^404 /);
    expect(JSON.stringify([made, changed, list])).not.toContain(CANARY);
  });

  it('has a name once, also when many want it at the same time', async () => {
    const wanted = input();
    const answers = await Promise.all(Array.from({ length: 6 }, () => admin.call('POST', path, wanted)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201, 409, 409, 409, 409, 409,
    ]);
  });

  it.each(['x', NOBODY, '%00'])('knows nothing of %j', async (id) => {
    const one = `${path}/${encodeURIComponent(id)}`;
    for (const method of ['GET', 'DELETE']) expect(await admin.refusal(method, one)).toMatch(/^404 /);
    expect(await admin.refusal('PUT', one, change)).toMatch(/^404 /);
  });

  it('refuses what is no column, and what is too large', async () => {
    expect(await admin.refusal('POST', path, { ...input(), 'x; DROP TABLE agents': 1 })).toMatch(
      /^400 x; DROP/,
    );
    expect(await admin.refusal('POST', path, { ...input(), name: 'n'.repeat(1_000) })).toMatch(/^400 name/);
    expect(await admin.refusal('POST', path, 'text')).toMatch(/^400 /);
  });
});

describe('MCP servers', () => {
  it.each([
    [{ transport: 'stdio' }, 'command'],
    [{ transport: 'sse', command: 'x' }, 'url'],
    [{ transport: 'streamable-http', url: 'file:///etc/passwd' }, 'url'],
    [{ transport: 'telepathy', command: 'x' }, 'transport'],
    [{ transport: 'stdio', command: 'x', env: { 'A=B': 'x' } }, 'env'],
    [{ transport: 'sse', url: 'http://x.test', headers: { A: 'x\r\nB: y' } }, 'headers'],
    [{ transport: 'stdio', command: 'x', args: 'YXJncw==' }, 'args'],
    [{ transport: 'stdio', command: 'a\u0000b' }, 'command'],
    [{ transport: 'stdio', command: 'x', timeout_sec: 0 }, 'timeout_sec'],
  ])('are refused with %j', async (values, param) => {
    const { status, body } = await admin.call('POST', '/v1/mcp/servers', { name: newName(), ...values });
    expect([status, body['error']]).toEqual([400, expect.objectContaining({ param })]);
  });

  it('keep the secrets that are sent back as ***, and forget those that are left out', async () => {
    const { id } = await server({ env: { A: 'one', B: 'two' }, api_key: CANARY });
    const path = `/v1/mcp/servers/${String(id)}`;
    const changed = await admin.done('PUT', path, { env: { A: '***', C: 'three' }, api_key: '***' });
    expect(changed).toMatchObject({ env: { A: '***', C: '***' }, api_key: '***' });
    expect(changed['env']).not.toHaveProperty('B');
    expect(await admin.refusal('PUT', path, { env: { D: '***' } })).toMatch(/^400 env\.D/);
    expect(
      await admin.done('PUT', path, { transport: 'sse', url: 'https://x.test', api_key: null }),
    ).not.toHaveProperty('api_key');
  });

  it('are granted to agents and users, again with other terms, and taken away', async () => {
    const { id } = await server();
    const grants = `/v1/mcp/servers/${String(id)}/grants`;
    expect(
      await admin.done('POST', `${grants}/agent`, { agent_id: agentId, tool_allow: ['a'] }),
    ).toMatchObject({
      status: 'granted',
      tool_allow: ['a'],
      granted_by: 'root',
    });
    await admin.done('POST', `${grants}/agent`, { agent_id: agentId, tool_deny: ['b'] });
    const ofAgent = await admin.done('GET', `/v1/mcp/grants/agent/${agentId}`);
    expect(ofAgent['grants']).toEqual([expect.objectContaining({ server_id: id, tool_deny: ['b'] })]);
    await admin.done('POST', `${grants}/user`, { user_id: 'Ünï-cöde' });
    expect((await admin.done('GET', grants))['users']).toMatchObject([{ user_id: 'Ünï-cöde' }]);
    expect(await admin.done('DELETE', `${grants}/user/${encodeURIComponent('Ünï-cöde')}`)).toMatchObject({
      status: 'revoked',
    });
    expect(await admin.done('DELETE', `${grants}/agent/${agentId}`)).toMatchObject({ status: 'revoked' });
    expect(await admin.done('DELETE', `${grants}/agent/${agentId}`)).toEqual({ status: 'revoked' });
    expect(await admin.done('GET', grants)).toEqual({ agents: [], users: [] });
    expect(await admin.refusal('POST', `${grants}/agent`, { agent_id: NOBODY })).toMatch(/^400 agent_id/);
    expect(await admin.refusal('POST', `/v1/mcp/servers/${NOBODY}/grants/user`, { user_id: 'x' })).toMatch(
      /^404 /,
    );
  });

  it('are asked for by people for themselves and their agents, and reviewed once', async () => {
    const { id } = await server();
    const ask = (input: object) => ({ server_id: id, ...input });
    const mine = await ann.done('POST', '/v1/mcp/requests', ask({ scope: 'user', reason: 'Reports.' }));
    expect(mine).toMatchObject({ user_id: 'ann', requested_by: 'ann', status: 'pending' });
    expect(await ann.refusal('POST', '/v1/mcp/requests', ask({ scope: 'user' }))).toMatch(/^409 /);
    expect(await ann.refusal('POST', '/v1/mcp/requests', ask({ scope: 'user', user_id: 'bob' }))).toMatch(
      /^403 /,
    );
    expect(await ann.refusal('POST', '/v1/mcp/requests', ask({ scope: 'agent' }))).toMatch(/^400 agent_id/);
    expect(await ann.refusal('POST', '/v1/mcp/requests', ask({ scope: 'agent', agent_id: agentId }))).toMatch(
      /^400 agent_id/,
    );
    await ann.done(
      'POST',
      '/v1/mcp/requests',
      ask({ scope: 'agent', agent_id: annsAgentId, tool_allow: ['a'] }),
    );
    await admin.done('POST', '/v1/mcp/requests', ask({ scope: 'user', user_id: 'bob' }));
    const pending = (client: RestClient) => client.done('GET', `/v1/mcp/requests?server_id=${String(id)}`);
    expect((await pending(ann))['requests']).toHaveLength(2);
    expect((await pending(admin))['requests']).toHaveLength(3);

    const review = `/v1/mcp/requests/${String(mine['id'])}/review`;
    expect(await ann.refusal('POST', review, { approved: true })).toMatch(/^403 /);
    expect(await admin.done('POST', review, { approved: true, note: 'Fine.' })).toMatchObject({
      status: 'approved',
      reviewed_by: 'root',
      review_note: 'Fine.',
    });
    expect(await admin.refusal('POST', review, { approved: false })).toMatch(/^412 .*approved by root/);
    expect((await admin.done('GET', `/v1/mcp/servers/${String(id)}/grants`))['users']).toMatchObject([
      { user_id: 'ann' },
    ]);
    expect(await admin.refusal('POST', `/v1/mcp/requests/${NOBODY}/review`, { approved: true })).toMatch(
      /^404 /,
    );
  });
});

describe('custom tools', () => {
  it.each([
    [{ name: 'read_file' }, 409, 'name'],
    [{ name: 'exec' }, 409, 'name'],
    [{ name: 'Has Spaces' }, 400, 'name'],
    [{ command: 'ping {{.port}}' }, 400, 'command'],
    [{ command: `ping '{{.host}}'` }, 400, 'command'],
    [{ command: '' }, 400, 'command'],
    [{ parameters: { type: 'array' } }, 400, 'parameters'],
    [{ parameters: { type: 'object', properties: { host: { type: 'strong' } } } }, 400, 'parameters'],
    [
      { parameters: { type: 'object', properties: { host: { $ref: 'https://evil.test/x' } } } },
      400,
      'parameters',
    ],
    [{ timeout_seconds: 100_000 }, 400, 'timeout_seconds'],
    [{ env: { 'BAD NAME': 'x' } }, 400, 'env'],
    [{ agent_id: NOBODY }, 400, 'agent_id'],
  ])('are refused with %j', async (values, expected, param) => {
    const { status, body } = await admin.call('POST', '/v1/tools/custom', tool(values));
    expect([status, body['error']]).toEqual([expected, expect.objectContaining({ param })]);
  });

  it('of one agent may have the name of one for all, and are listed by agent', async () => {
    const input = tool();
    await admin.done('POST', '/v1/tools/custom', input);
    const own = await admin.done('POST', '/v1/tools/custom', { ...input, agent_id: agentId });
    expect(own).toMatchObject({ agent_id: agentId });
    const { tools } = await admin.done('GET', `/v1/tools/custom?agent_id=${agentId}`);
    expect(tools).toMatchObject([{ id: own['id'] }]);
    expect(await admin.refusal('GET', '/v1/tools/custom?agent_id=x')).toMatch(/^400 agent_id/);
  });

  it('are checked as a whole when a part of them changes', async () => {
    const { id } = await admin.done('POST', '/v1/tools/custom', tool());
    const path = `/v1/tools/custom/${String(id)}`;
    expect(await admin.refusal('PATCH', path, { parameters: { type: 'object', properties: {} } })).toMatch(
      /^400 command/,
    );
    expect(await admin.done('PATCH', path, { parameters: null, command: 'uptime' })).toMatchObject({
      command: 'uptime',
    });
  });

  it('are for admins alone, because they run on the host', async () => {
    expect(await ann.refusal('GET', '/v1/tools/custom')).toMatch(/^403 /);
    expect(await ann.refusal('POST', '/v1/tools/custom', tool({ agent_id: annsAgentId }))).toMatch(/^403 /);
  });
});

describe('channel instances', () => {
  it('of a default name stay', async () => {
    const { id } = await admin.done('POST', '/v1/channels/instances', instance({ name: 'telegram' }));
    const path = `/v1/channels/instances/${String(id)}`;
    expect(await admin.refusal('DELETE', path)).toMatch(/^403 .*default instance/);
    expect(await admin.refusal('PATCH', path, { name: 'other' })).toMatch(/^403 .*default instance/);
    expect(await admin.done('PATCH', path, { enabled: false })).toMatchObject({
      enabled: false,
      is_default: true,
    });
  });

  it('are kept by who may change their agent, and nobody else knows of them', async () => {
    const foreign = await admin.done('POST', '/v1/channels/instances', instance());
    const own = await ann.done('POST', '/v1/channels/instances', instance({ agent_id: annsAgentId }));
    expect(own).toMatchObject({ created_by: 'ann' });
    const { instances, total } = await ann.done('GET', '/v1/channels/instances');
    expect([instances, total]).toEqual([[expect.objectContaining({ id: own['id'] })], 1]);
    const theirs = `/v1/channels/instances/${String(foreign['id'])}`;
    expect(await ann.refusal('GET', theirs)).toMatch(/^404 /);
    expect(await ann.refusal('PATCH', theirs, { enabled: false })).toMatch(/^404 /);
    expect(await ann.refusal('DELETE', theirs)).toMatch(/^404 /);
    expect(await ann.refusal('POST', '/v1/channels/instances', instance())).toMatch(/^400 agent_id/);
    const mine = `/v1/channels/instances/${String(own['id'])}`;
    expect(await ann.refusal('PATCH', mine, { agent_id: agentId })).toMatch(/^400 agent_id/);
    expect(await ann.done('DELETE', mine)).toMatchObject({ status: 'deleted' });
  });

  it('are kept over the socket, too, and toggled by name', async () => {
    using socket = await RawSocket.connect(gateway, 'root');
    const name = newName();
    const made = await socket.result('channels.instances.create', {
      ...instance({ name }),
      credentials: JSON.stringify({ token: CANARY }),
    });
    expect(made).toMatchObject({ name, credentials: { token: '***' }, runtime: 'not_available' });
    const id = String(made['id']);
    expect(await socket.result('channels.instances.get', { id })).toEqual(made);
    expect(
      await socket.result('channels.instances.update', { id, updates: { config: { dm_policy: 'open' } } }),
    ).toMatchObject({ status: 'updated', config: { dm_policy: 'open' } });
    expect(await socket.refusal('channels.instances.update', { id, updates: { owner: 'x' } })).toMatchObject({
      code: 'INVALID_REQUEST',
      details: { param: 'updates.owner' },
    });
    expect((await socket.result('channels.status'))['channels']).toMatchObject({
      [name]: { enabled: true, running: false },
    });
    expect(await socket.result('channels.toggle', { channel: name })).toMatchObject({
      ok: true,
      enabled: false,
    });
    expect(await socket.result('channels.toggle', { channel: id, enabled: true })).toMatchObject({
      enabled: true,
    });
    expect(await socket.refusal('channels.toggle', { channel: 'nobody' })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await socket.result('channels.list')).toEqual({ channels: [] });
    expect(await socket.result('channels.instances.delete', { id })).toMatchObject({ status: 'deleted' });
    const { instances } = await socket.result('channels.instances.list');
    expect(JSON.stringify(instances)).not.toContain(id);
    expect(JSON.stringify(socket.frames)).not.toContain(CANARY);
  });
});

it('writes every change into the audit log, without a secret', async () => {
  const { id } = await server({ env: { T: CANARY }, api_key: CANARY });
  await admin.done('PATCH', `/v1/mcp/servers/${String(id)}`, { display_name: 'Mine' });
  await admin.done('DELETE', `/v1/mcp/servers/${String(id)}`);
  const log = await admin.done('GET', `/v1/audit?target_id=${String(id)}`);
  const text = JSON.stringify(log);
  for (const action of ['mcp_server.create', 'mcp_server.update', 'mcp_server.delete'])
    expect(text).toContain(action);
  expect(text).not.toContain(CANARY);
});

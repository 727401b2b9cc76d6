import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { ScriptedMcpServer, tool } from '../support/mcp/scripted-mcp-server.js';
import { RestClient } from '../support/rest.js';

const SECRET = 'canary-mcp-secret-0123456789';

describe('MCP servers of the database', () => {
  let llm: ScriptedLlm;
  let wiki: ScriptedMcpServer;
  let gateway: RunningGateway;
  let admin: RestClient;
  let ann: RestClient;
  let bob: RestClient;
  let agentId: string;
  let serverId: string;

  beforeAll(async () => {
    [llm, wiki] = await Promise.all([ScriptedLlm.start(), ScriptedMcpServer.start()]);
    wiki.tools = [tool('find'), tool('edit'), tool('drop')];
    gateway = await startGateway({ llm, mode: 'managed' });
    admin = RestClient.admin(gateway);
    [ann, bob] = await Promise.all([admin.bound('ann'), admin.bound('bob')]);
    const agent = await admin.done('POST', '/v1/agents', { agent_key: 'helper' });
    agentId = String(agent['id']);
    for (const user_id of ['ann', 'bob'])
      await admin.done('POST', `/v1/agents/${agentId}/shares`, { user_id, role: 'user' });
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await Promise.all([wiki, llm].map((one) => one[Symbol.asyncDispose]()));
  });
  afterEach(() => llm.expectAllUsed());

  const grant = (body: object) =>
    admin.done('POST', `/v1/mcp/servers/${serverId}/grants/agent`, { agent_id: agentId, ...body });
  /** What the model was told about the last call. */
  const lastResult = (): string =>
    llm.lastRequest.messages.findLast(({ role }) => role === 'tool')?.text ?? '';
  /** The tools of the server that the model is shown. */
  async function shownTo(who: RestClient, agentKey = 'helper'): Promise<string[]> {
    llm.reply('ok');
    expect(await who.ask(agentKey)).toBe('ok');
    return llm.lastRequest.tools.map(({ name }) => name).filter((name) => name.startsWith('w__'));
  }
  async function calledBy(
    who: RestClient,
    name: string,
    args: Record<string, unknown> = {},
  ): Promise<string> {
    llm.replyToolCalls([{ name, arguments: args }]).reply('done');
    expect(await who.ask('helper')).toBe('done');
    return lastResult();
  }

  it('take effect at once, for the agents that they are granted to and nobody else', async () => {
    const made = await admin.done('POST', '/v1/mcp/servers', {
      name: 'wiki',
      transport: 'streamable-http',
      url: wiki.url,
      tool_prefix: 'w',
      api_key: SECRET,
    });
    serverId = String(made['id']);
    expect(made).toMatchObject({ connection: { state: 'idle' }, api_key: '***' });
    expect(await shownTo(ann)).toEqual([]);
    expect(wiki.asked).toEqual([]);
    await grant({ tool_deny: ['drop'] });
    expect(await shownTo(ann)).toEqual(['w__edit', 'w__find']);
    expect(await shownTo(ann, 'default')).toEqual([]);
    expect(wiki.asked[0]?.headers.authorization).toBe(`Bearer ${SECRET}`);
    expect(await admin.done('GET', `/v1/mcp/servers/${serverId}`)).toMatchObject({
      connection: { state: 'connected', tools: 3 },
    });
  });

  it('merge what the agent and the user are granted', async () => {
    const own = `/v1/mcp/servers/${serverId}/grants/user`;
    await admin.done('POST', own, { user_id: 'bob', tool_allow: ['find', 'drop'] });
    expect([await shownTo(bob), await shownTo(ann)]).toEqual([['w__find'], ['w__edit', 'w__find']]);
    await admin.done('POST', own, { user_id: 'bob', enabled: false });
    expect(await shownTo(bob)).toEqual([]);
    await admin.done('DELETE', `${own}/bob`);
    expect(await shownTo(bob)).toEqual(['w__edit', 'w__find']);
  });

  it('are opened by a request that an admin grants', async () => {
    const mine = await RestClient.admin(gateway, 'ann').done('POST', '/v1/agents', { agent_key: 'of-ann' });
    const ask = { server_id: serverId, scope: 'agent', agent_id: String(mine['id']), tool_allow: ['find'] };
    const request = await ann.done('POST', '/v1/mcp/requests', ask);
    expect(await shownTo(ann, 'of-ann')).toEqual([]);
    await admin.done('POST', `/v1/mcp/requests/${String(request['id'])}/review`, { approved: true });
    expect(await shownTo(ann, 'of-ann')).toEqual(['w__find']);
  });

  it('are called no more once the grant is gone, also by a run that is open', async () => {
    const before = wiki.count('tools/call');
    const gate = llm.gate();
    llm.reply('done');
    const run = ann.ask('helper');
    await gate.reached;
    await admin.done('DELETE', `/v1/mcp/servers/${serverId}/grants/agent/${agentId}`);
    gate.release({ toolCalls: [{ name: 'w__find', arguments: {} }] });
    expect(await run).toBe('done');
    expect(lastResult()).toBe(
      'The tool find of the MCP server wiki is no longer granted to you; do without it.',
    );
    expect(wiki.count('tools/call')).toBe(before);
    await grant({});
  });

  it('are called no more once they are switched off', async () => {
    await admin.done('PATCH', `/v1/mcp/servers/${serverId}`, { enabled: false });
    expect(await shownTo(ann)).toEqual([]);
    await admin.done('PATCH', `/v1/mcp/servers/${serverId}`, { enabled: true });
    expect(await shownTo(ann)).toEqual(['w__drop', 'w__edit', 'w__find']);
  });

  it('have the tools that they list after a change', async () => {
    wiki.tools = [tool('find'), tool('paint')];
    while (wiki.streams.size === 0) await shownTo(ann);
    wiki.notify('notifications/tools/list_changed');
    while (!(await shownTo(ann)).includes('w__paint'));
    expect(await shownTo(ann)).toEqual(['w__find', 'w__paint']);
    wiki.tools = [tool('find'), tool('edit'), tool('drop')];
  }, 20_000);

  it('take no more of an agent’s time than its grant gives', async () => {
    const path = `/v1/mcp/servers/${serverId}/grants/agent`;
    const refused = (config_overrides: unknown) =>
      admin.refusal('POST', path, { agent_id: agentId, config_overrides });
    for (const loosened of [{ tool_prefix: 'x' }, { headers: { 'X-Role': 'admin' } }, { url: wiki.url }])
      expect(await refused(loosened)).toMatch(
        /^400 config_overrides\.(tool_prefix|headers|url) is not a field/,
      );
    for (const timeout_sec of [0, 1.5, '5', null])
      expect(await refused({ timeout_sec })).toMatch(/^400 config_overrides\.timeout_sec /);
    for (const other of [[], [{ timeout_sec: 1 }], 'fast', 1])
      expect(await refused(other)).toMatch(/^400 config_overrides /);
    expect(await refused({ timeout_sec: 61 })).toMatch(/^400 .* is at most .* 60\. Raise/);
    expect(await grant({ config_overrides: { timeout_sec: 1 } })).toMatchObject({
      config_overrides: { timeout_sec: 1 },
    });
    wiki.plays.set('tools/call', () => () => undefined);
    expect(await calledBy(ann, 'w__find')).toContain('gave no answer within 1 s');
    wiki.plays.clear();
    await grant({});
  });

  it('can be tried by an admin, who learns what is wrong', async () => {
    expect(await admin.done('POST', `/v1/mcp/servers/${serverId}/test`)).toMatchObject({
      ok: true,
      tools: ['w__find', 'w__edit', 'w__drop'],
    });
    const code = `console.error('bad token ' + process.env.TOKEN); process.exit(1)`;
    const values = {
      transport: 'stdio',
      command: process.execPath,
      args: ['-e', code],
      env: { TOKEN: SECRET },
    };
    const bad = await admin.done('POST', '/v1/mcp/servers', { name: 'bad', ...values });
    const test = await admin.done('POST', `/v1/mcp/servers/${String(bad['id'])}/test`);
    expect(test).toMatchObject({ ok: false, error: expect.stringContaining('bad'), stderr: 'bad token ***' });
    expect(await ann.refusal('POST', `/v1/mcp/servers/${serverId}/test`)).toMatch(/^403 /);
    expect(gateway.logs).not.toContain(SECRET);
  });

  it('that lie do not break the conversation', async () => {
    wiki.tools = [
      { name: 'find', inputSchema: { type: 'strin', properties: [1] } },
      { name: 'a b/c', description: 7, inputSchema: { type: 'object', anyOf: [{}] } },
      { name: 'x'.repeat(500) },
      { nameless: true },
    ];
    await admin.done('PATCH', `/v1/mcp/servers/${serverId}`, { timeout_sec: 2 });
    const names = await shownTo(ann);
    expect(names).toHaveLength(3);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    wiki.plays.set('tools/call', () => ({ result: { content: 'nonsense', isError: 'maybe' } }));
    expect(await calledBy(ann, 'w__find', { anything: true })).toBe('[a part that is no object]');
    wiki.plays.set('tools/call', () => () => undefined);
    expect(await calledBy(ann, 'w__find')).toMatch(/gave no answer within 2 s.*outcome is unknown/);
    wiki.plays.clear();
    wiki.tools = [tool('find')];
  });

  it('that are told who the user is have a connection for each', async () => {
    await using server = await ScriptedMcpServer.start();
    server.tools = [tool('me')];
    const made = await admin.done('POST', '/v1/mcp/servers', {
      name: 'personal',
      transport: 'streamable-http',
      url: server.url,
      tool_prefix: 'w',
      headers: { 'X-User': '{{user_id}}' },
    });
    const id = String(made['id']);
    await admin.done('POST', `/v1/mcp/servers/${id}/grants/agent`, { agent_id: agentId });
    for (const who of [ann, bob, ann]) expect(await calledBy(who, 'w__me')).toBe('called me');
    const of = (method: string) => server.asked.filter((one) => one.method === method);
    expect(of('initialize').map(({ headers }) => headers['x-user'])).toEqual(['ann', 'bob']);
    expect(of('tools/call').map(({ headers }) => [headers['x-user'], headers['mcp-session-id']])).toEqual([
      ['ann', 's1'],
      ['bob', 's2'],
      ['ann', 's1'],
    ]);
    await admin.done('DELETE', `/v1/mcp/servers/${id}`);
  });
});

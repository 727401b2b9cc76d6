import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli/index.js';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { AuthorizationServer } from '../support/mcp/authorization-server.js';
import { startProtected } from '../support/mcp/protected-mcp-server.js';
import type { ScriptedMcpServer } from '../support/mcp/scripted-mcp-server.js';
import { RawSocket } from '../support/raw-socket.js';
import { RestClient } from '../support/rest.js';

describe('signing in at an MCP server', () => {
  let llm: ScriptedLlm;
  let authorization: AuthorizationServer;
  let server: ScriptedMcpServer;
  let gateway: RunningGateway;
  let admin: RestClient;
  let ann: RestClient;
  let bob: RestClient;
  let stranger: RestClient;
  let path: string;

  beforeAll(async () => {
    [llm, authorization] = await Promise.all([ScriptedLlm.start(), AuthorizationServer.start()]);
    server = await startProtected(authorization);
    const allow = [new URL(authorization.url).host];
    const mcp_servers = { shared: { url: server.url, tool_prefix: 'c' } };
    gateway = await startGateway({
      llm,
      mode: 'managed',
      config: { tools: { network: { allow }, mcp_servers } },
    });
    admin = RestClient.admin(gateway);
    [ann, bob, stranger] = await Promise.all([admin.bound('ann'), admin.bound('bob'), admin.bound('eve')]);
    const made = await admin.done('POST', '/v1/mcp/servers', {
      name: 'mail',
      transport: 'streamable-http',
      url: server.url,
      tool_prefix: 'm',
    });
    path = `/v1/mcp/servers/${String(made['id'])}`;
    const agent = await admin.done('POST', '/v1/agents', { agent_key: 'helper' });
    const agent_id = String(agent['id']);
    for (const user_id of ['ann', 'bob'])
      await admin.done('POST', `/v1/agents/${agent_id}/shares`, { user_id, role: 'user' });
    await admin.done('POST', `${path}/grants/agent`, { agent_id });
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await Promise.all([server, authorization, llm].map((one) => one[Symbol.asyncDispose]()));
  });
  afterEach(() => llm.expectAllUsed());

  /** Where the browser is sent back to, once the user let the gateway in. */
  async function cameBack(who: RestClient, at = path): Promise<string> {
    const { authorization_url } = await who.done('POST', `${at}/oauth/authorize`);
    const page = await fetch(String(authorization_url), { redirect: 'manual' });
    return page.headers.get('location') ?? '';
  }
  /** As the form of the page does it. */
  const confirm = (address: string): Promise<Response> =>
    fetch(address, { method: 'POST', headers: { origin: gateway.url } });
  async function shownTo(who: RestClient, prefix = 'm__'): Promise<string[]> {
    llm.reply('ok');
    expect(await who.ask('helper')).toBe('ok');
    return llm.lastRequest.tools.map(({ name }) => name).filter((name) => name.startsWith(prefix));
  }
  async function called(who: RestClient, tool = 'm__whoami'): Promise<string> {
    llm.replyToolCalls([{ name: tool, arguments: {} }]).reply('done');
    expect(await who.ask('helper')).toBe('done');
    return llm.lastRequest.messages.findLast(({ role }) => role === 'tool')?.text ?? '';
  }
  const bearersOf = (method: string): (string | undefined)[] =>
    server.asked.filter((one) => one.method === method).map(({ headers }) => headers.authorization);

  it('is needed before its tools are there', async () => {
    expect(await shownTo(ann)).toEqual([]);
    expect(await ann.refusal('GET', `${path}/oauth/token`)).toMatch(/^404 You have not signed in/);
    expect(await admin.done('POST', `${path}/test`)).toMatchObject({
      ok: false,
      error: expect.stringContaining('/oauth/authorize'),
    });
  });

  it('is not offered to who has nothing to do with the server', async () => {
    expect(await stranger.refusal('POST', `${path}/oauth/authorize`)).toMatch(/^404 There is no MCP server/);
    using socket = await RawSocket.connect(stranger.entry);
    for (const name of ['mail', 'none'])
      expect(await socket.request('mcp.signIn', { server: name })).toMatchObject({
        error: { message: `There is no MCP server ${name}.` },
      });
  });

  it('asks the one in front of the browser, naming the user, before anything is taken', async () => {
    const address = await cameBack(ann);
    const page = await fetch(address);
    const text = await page.text();
    expect([page.status, page.headers.get('content-security-policy')]).toEqual([
      200,
      expect.stringContaining("form-action 'self'"),
    ]);
    expect(text).toContain('<b>mail</b>');
    expect(text).toContain('<b>ann</b>');
    expect(authorization.asked).toEqual([]);
    expect((await fetch(address, { method: 'POST', headers: { origin: 'http://evil.test' } })).status).toBe(
      403,
    );
    expect(authorization.asked).toEqual([]);
  });

  it('gives the user, and nobody else, the tools, with a token of his own', async () => {
    const address = await cameBack(ann);
    expect(await (await confirm(address)).text()).toContain('is connected');
    expect(await shownTo(ann)).toEqual(['m__whoami']);
    expect(await called(ann)).toBe('called whoami');
    expect(await shownTo(bob)).toEqual([]);
    expect(await ann.done('GET', `${path}/oauth/token`)).toMatchObject({ connected: true, scope: 'tools' });
    expect(await bob.refusal('GET', `${path}/oauth/token`)).toMatch(/^404 /);
    await confirm(await cameBack(bob));
    expect(await called(bob)).toBe('called whoami');
    const [first, second] = bearersOf('tools/call');
    expect(first).not.toBe(second);
    expect(authorization.registered.size).toBe(1);
    expect(authorization.asked[0]?.get('resource')).toBe(server.url);
  });

  it('works once: what came back is not taken again, nor what nobody began', async () => {
    const address = await cameBack(ann);
    expect((await confirm(address)).status).toBe(200);
    expect((await confirm(address)).status).toBe(404);
    expect((await confirm(`${gateway.url}/v1/mcp/oauth/callback?state=guess&code=x`)).status).toBe(404);
    const tampered = new URL(await cameBack(ann));
    tampered.searchParams.set('iss', 'https://evil.test');
    expect(await (await confirm(tampered.href)).text()).toContain('another authorization server');
  });

  it('renews a token before it runs out, once for all who need it', async () => {
    authorization.expiresInSec = 30;
    await confirm(await cameBack(ann));
    authorization.expiresInSec = 3_600;
    const renewals = (): number =>
      authorization.asked.filter((form) => form.get('grant_type') === 'refresh_token').length;
    expect(renewals()).toBe(0);
    llm.replyToolCalls(Array.from({ length: 5 }, () => ({ name: 'm__whoami', arguments: {} }))).reply('done');
    expect(await ann.ask('helper')).toBe('done');
    expect(renewals()).toBe(1);
  });

  it('renews a token that the server does not take any more, and repeats the call', async () => {
    authorization.tokens.clear();
    expect(await called(ann)).toBe('called whoami');
  });

  it('is asked for again when it cannot be renewed', async () => {
    await admin.done('PATCH', path, { timeout_sec: 20 });
    await ann.done('DELETE', `${path}/oauth/token`);
    expect(await ann.refusal('GET', `${path}/oauth/token`)).toMatch(/^404 /);
    expect(await shownTo(ann)).toEqual([]);
  });

  it('ends at the authorization server too when the user signs out, and here in any case', async () => {
    await confirm(await cameBack(ann));
    expect(await called(ann)).toBe('called whoami');
    const bearer = (bearersOf('tools/call').at(-1) ?? '').replace(/^Bearer /, '');
    expect(await ann.done('DELETE', `${path}/oauth/token`)).toEqual({ connected: false, revoked: true });
    expect(authorization.tokens.has(bearer)).toBe(false);
    await confirm(await cameBack(ann));
    authorization.playRevocation = (response) => void response.destroy();
    expect(await ann.done('DELETE', `${path}/oauth/token`)).toEqual({ connected: false, revoked: false });
    authorization.playRevocation = undefined;
    expect(await ann.refusal('GET', `${path}/oauth/token`)).toMatch(/^404 /);
  });

  it('works for each user at a server of the configuration, too', async () => {
    const shared = '/v1/mcp/servers/config:shared';
    await confirm(await cameBack(ann, shared));
    expect([await shownTo(ann, 'c__'), await shownTo(bob, 'c__')]).toEqual([['c__whoami'], []]);
    expect(await bob.refusal('GET', `${shared}/oauth/token`)).toMatch(/^404 /);
    await confirm(await cameBack(bob, shared));
    for (const who of [ann, bob]) expect(await called(who, 'c__whoami')).toBe('called whoami');
    const [first, second] = bearersOf('tools/call').slice(-2);
    expect(first).not.toBe(second);
    await ann.done('DELETE', `${shared}/oauth/token`);
    expect([await shownTo(ann, 'c__'), await shownTo(bob, 'c__')]).toEqual([[], ['c__whoami']]);
    expect(await ann.refusal('GET', `${shared}/oauth/client`)).toMatch(/^403 /);
  });

  it('is refused where the authorization server is not who it says', async () => {
    authorization.issuer = 'https://evil.test';
    expect(await ann.refusal('POST', `${path}/oauth/authorize`)).toMatch(
      /says that it is https:\/\/evil\.test/,
    );
    authorization.issuer = undefined;
  });

  it('takes a client that an admin registered where nobody is registered by itself', async () => {
    authorization.registers = false;
    await admin.done('DELETE', `${path}/oauth/client`);
    expect(await ann.refusal('POST', `${path}/oauth/authorize`)).toContain('/oauth/client');
    authorization.secret = 'canary-client-secret';
    authorization.registered.set('by-hand', { redirect_uris: [`${gateway.url}/v1/mcp/oauth/callback`] });
    const client = {
      client_id: 'by-hand',
      client_secret: authorization.secret,
      authorization_server: authorization.url,
    };
    expect(await admin.done('PUT', `${path}/oauth/client`, client)).toMatchObject({
      client_secret: '***',
      manual: true,
    });
    expect(await ann.refusal('GET', `${path}/oauth/client`)).toMatch(/^403 /);
    await confirm(await cameBack(ann));
    expect(await called(ann)).toBe('called whoami');
    expect(gateway.logs + gateway.output).not.toMatch(/canary-client-secret|access-|refresh-/);
  });

  it('dials no private address that a server names, unless an admin allowed it', async () => {
    await using inner = await AuthorizationServer.start();
    await using other = await startProtected(inner);
    const made = await admin.done('POST', '/v1/mcp/servers', {
      name: 'evil',
      transport: 'streamable-http',
      url: other.url,
    });
    const refusal = await admin.refusal('POST', `/v1/mcp/servers/${String(made['id'])}/oauth/authorize`);
    expect(refusal).toContain('tools.network.allow');
  });
});

describe('signing in at an MCP server of the configuration, standalone', () => {
  const path = '/v1/mcp/servers/config:mail/oauth';
  let llm: ScriptedLlm;
  let authorization: AuthorizationServer;
  let server: ScriptedMcpServer;
  let gateway: RunningGateway;
  let me: RestClient;

  beforeAll(async () => {
    [llm, authorization] = await Promise.all([ScriptedLlm.start(), AuthorizationServer.start()]);
    server = await startProtected(authorization);
    const tools = {
      network: { allow: [new URL(authorization.url).host] },
      mcp_servers: {
        mail: { url: server.url, tool_prefix: 'm' },
        program: { command: 'true' },
        off: { url: server.url, enabled: false },
      },
    };
    gateway = await startGateway({ llm, config: { tools } });
    me = RestClient.admin(gateway);
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await Promise.all([server, authorization, llm].map((one) => one[Symbol.asyncDispose]()));
  });
  afterEach(() => llm.expectAllUsed());

  async function shownTo(who: RestClient): Promise<string[]> {
    llm.reply('ok');
    expect(await who.ask('default')).toBe('ok');
    return llm.lastRequest.tools.map(({ name }) => name).filter((name) => name.startsWith('m__'));
  }
  async function signIn(who: RestClient): Promise<string> {
    const { authorization_url } = await who.done('POST', `${path}/authorize`);
    const page = await fetch(String(authorization_url), { redirect: 'manual' });
    const back = page.headers.get('location') ?? '';
    const answer = await fetch(back, { method: 'POST', headers: { origin: gateway.url } });
    return answer.text();
  }

  it('is said to be needed, with where to', async () => {
    expect(await shownTo(me)).toEqual([]);
    using socket = await RawSocket.connect(gateway, 'local');
    const { tools } = await socket.result('tools.explain', {});
    expect(JSON.stringify(tools)).toContain('POST /v1/mcp/servers/config%3Amail/oauth/authorize');
  });

  it('is begun in a chat, which shows where to go', async () => {
    const env = {
      GOCLAW_CONFIG: gateway.configPath,
      GOCLAW_DATA_DIR: gateway.dataDir,
      GOCLAW_GATEWAY_TOKEN: gateway.token,
      GOCLAW_PORT: new URL(gateway.url).port,
    };
    const shown = await runCli(['chat'], { env, input: '/connect mail\n/connect none\n' });
    expect(shown.stderr).toContain('There is no MCP server none.');
    const [address = ''] = /http:\S+\/authorize\?\S+/.exec(shown.stderr) ?? [];
    const back = (await fetch(address, { redirect: 'manual' })).headers.get('location') ?? '';
    expect(back).toContain(`${gateway.url}/v1/mcp/oauth/callback?`);
    expect(await (await fetch(back)).text()).toContain('<b>mail</b>');
  });

  it('gives the person the tools', async () => {
    expect(await signIn(me)).toContain('The MCP server mail is connected');
    expect(await shownTo(me)).toEqual(['m__whoami']);
    expect(await me.done('GET', `${path}/token`)).toMatchObject({ connected: true, scope: 'tools' });
    llm.replyToolCalls([{ name: 'm__whoami', arguments: {} }]).reply('done');
    expect(await me.ask('default')).toBe('done');
    expect(llm.lastRequest.messages.findLast(({ role }) => role === 'tool')?.text).toBe('called whoami');
  });

  it('goes to nobody else when its address is another one', async () => {
    await using impostor = await startProtected(authorization);
    using socket = await RawSocket.connect(gateway, 'local');
    const move = async (url: string): Promise<void> => {
      const { baseHash } = (await socket.result('config.get')) as { baseHash: string };
      const raw = JSON.stringify({ tools: { mcp_servers: { mail: { url } } } });
      await socket.result('config.patch', { raw, baseHash });
    };
    await move(impostor.url);
    expect(await shownTo(me)).toEqual([]);
    expect(impostor.asked.map(({ headers }) => headers.authorization)).not.toContainEqual(expect.anything());
    await move(server.url);
    expect(await shownTo(me)).toEqual(['m__whoami']);
  });

  it('ends when the person signs out', async () => {
    expect(await me.done('DELETE', `${path}/token`)).toEqual({ connected: false, revoked: true });
    expect(await shownTo(me)).toEqual([]);
  });

  it('is there for servers alone that can be signed in at', async () => {
    const refused = (name: string) => me.refusal('POST', `/v1/mcp/servers/config:${name}/oauth/authorize`);
    expect(await refused('program')).toMatch(/^412 The MCP server program is a program/);
    for (const name of ['off', 'none', '', "x'; DROP TABLE runs; --"])
      expect(await refused(encodeURIComponent(name))).toMatch(/^404 There is no MCP server/);
  });
});

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { AuthorizationServer } from '../support/mcp/authorization-server.js';
import { startProtected } from '../support/mcp/protected-mcp-server.js';
import type { ScriptedMcpServer } from '../support/mcp/scripted-mcp-server.js';
import { createTestDatabase, describeWithPostgres } from '../support/postgres/index.js';
import { RestClient } from '../support/rest.js';

describeWithPostgres('MCP servers of two replicas', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let llm: ScriptedLlm;
  let authorization: AuthorizationServer;
  let server: ScriptedMcpServer;
  let here: RunningGateway;
  let there: RunningGateway;

  beforeAll(async () => {
    [database, llm, authorization] = await Promise.all([
      createTestDatabase(),
      ScriptedLlm.start(),
      AuthorizationServer.start(),
    ]);
    server = await startProtected(authorization);
    const options = {
      llm,
      dsn: database.dsn,
      env: { GOCLAW_ENCRYPTION_KEY: randomBytes(32).toString('hex') },
      config: { tools: { network: { allow: [new URL(authorization.url).host] } } },
    };
    [here, there] = await Promise.all([startGateway(options), startGateway(options)]);
  });
  afterAll(async () => {
    await Promise.all([here, there].map((gateway) => gateway[Symbol.asyncDispose]()));
    await Promise.all([server, authorization, llm].map((one) => one[Symbol.asyncDispose]()));
    await database.drop();
  });

  it('are granted and taken away on both, and a token is renewed by one of them', async () => {
    const admin = RestClient.admin(here);
    const ann = await admin.bound('ann');
    const made = await admin.done('POST', '/v1/mcp/servers', {
      name: 'mail',
      transport: 'streamable-http',
      url: server.url,
      tool_prefix: 'm',
    });
    const path = `/v1/mcp/servers/${String(made['id'])}`;
    const agent = await RestClient.admin(here, 'ann').done('POST', '/v1/agents', { agent_key: 'helper' });
    const agent_id = String(agent['id']);
    await admin.done('POST', `${path}/grants/agent`, { agent_id });
    authorization.expiresInSec = 30;
    const { authorization_url } = await ann.done('POST', `${path}/oauth/authorize`);
    const page = await fetch(String(authorization_url), { redirect: 'manual' });
    await fetch(page.headers.get('location') ?? '', { method: 'POST' });
    authorization.expiresInSec = 3_600;
    llm.respond(({ messages, tools }) => {
      const last = messages.at(-1);
      if (last?.role === 'tool') return last.text;
      const isThere = tools.some(({ name }) => name === 'm__whoami');
      return isThere ? { toolCalls: [{ name: 'm__whoami', arguments: {} }] } : 'no such tool';
    });
    const both = (): Promise<string[]> =>
      Promise.all([here, there].map((gateway) => ann.at(gateway).ask('helper')));
    while ((await both()).some((answer) => answer !== 'called whoami'));
    const renewals = authorization.asked.filter((form) => form.get('grant_type') === 'refresh_token');
    expect(renewals).toHaveLength(1);
    await admin.done('DELETE', `${path}/grants/agent/${agent_id}`);
    while ((await both()).some((answer) => answer !== 'no such tool'));
  });
});

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { RestClient } from '../support/rest.js';

let llm: ScriptedLlm;
let gateway: RunningGateway;
let ann: RestClient;
let bob: RestClient;
const open: Client[] = [];

beforeAll(async () => {
  llm = await ScriptedLlm.start();
  gateway = await startGateway({ llm, mode: 'managed' });
  const admin = RestClient.admin(gateway);
  ann = await admin.bound('ann');
  bob = await admin.bound('bob');
  const agent = { agent_key: 'anns', display_name: 'Helper of Ann' };
  await RestClient.admin(gateway, 'ann').done('POST', '/v1/agents', agent);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await llm[Symbol.asyncDispose]();
});
beforeEach(async () => {
  for (const client of open.splice(0)) await client.close();
});

async function connect(who: RestClient): Promise<Client> {
  const client = new Client({ name: 'test', version: '1.0.0' });
  const headers = { authorization: `Bearer ${who.token}` };
  const transport = new StreamableHTTPClientTransport(new URL(`${gateway.url}/mcp`), {
    requestInit: { headers },
  });
  await client.connect(transport);
  open.push(client);
  return client;
}

function ask(client: Client, name: string, args: Record<string, unknown>) {
  return client.callTool({ name, arguments: args });
}

describe('The gateway as an MCP server', () => {
  it('offers each agent that the caller may use as a tool, and no other', async () => {
    const tools = async (who: RestClient) =>
      (await (await connect(who)).listTools()).tools.map(({ name }) => name);
    expect(await tools(ann)).toEqual(['anns', 'default']);
    expect(await tools(bob)).toEqual(['default']);
    await expect(ask(await connect(bob), 'anns', { message: 'hi' })).rejects.toThrow('Unknown tool: anns');
  });

  it('says what it is', async () => {
    const client = await connect(ann);
    expect(client.getServerVersion()).toMatchObject({ name: 'goclaw' });
    expect(client.getInstructions()).toContain('agent');
    await client.ping();
  });

  it('answers with what the agent says', async () => {
    llm.reply('Hello from the agent.');
    const answer = await ask(await connect(ann), 'anns', { message: 'Hi.' });
    expect(answer).toMatchObject({ content: [{ type: 'text', text: 'Hello from the agent.' }] });
    expect(answer.isError).toBeUndefined();
  });

  it('goes on with a conversation that is named, each user in one of their own', async () => {
    llm.reply('one').reply('two').reply('three').reply('four');
    const client = await connect(ann);
    await ask(client, 'default', { message: 'My name is Ann.', session: 's' });
    await ask(client, 'default', { message: 'Who am I?', session: 's' });
    expect(JSON.stringify(llm.lastRequest.body)).toContain('My name is Ann.');
    await ask(client, 'default', { message: 'Who am I?' });
    expect(JSON.stringify(llm.lastRequest.body)).not.toContain('My name is Ann.');
    await ask(await connect(bob), 'default', { message: 'Who am I?', session: 's' });
    expect(JSON.stringify(llm.lastRequest.body)).not.toContain('My name is Ann.');
  });

  it('tells how it goes on to a client that wants to know', async () => {
    llm.replyToolCalls([{ name: 'list_files', arguments: {} }]).reply('Nothing there.');
    const told: (string | undefined)[] = [];
    const counts: number[] = [];
    const client = await connect(ann);
    await client.callTool({ name: 'default', arguments: { message: 'Look.' } }, undefined, {
      onprogress: ({ progress, message }) => {
        counts.push(progress);
        told.push(message);
      },
    });
    expect(told).toContain('The agent uses list_files.');
    expect(counts).toEqual(counts.map((_, index) => index + 1));
  });

  it('stops the run that a client cancels', async () => {
    llm.hang();
    const { length: before } = llm.requests;
    const { length: aborted } = llm.aborted;
    const client = await connect(ann);
    const stop = new AbortController();
    const asked = client
      .callTool({ name: 'default', arguments: { message: 'Long.' } }, undefined, { signal: stop.signal })
      .catch((error: unknown) => error);
    await llm.untilRequests(before + 1);
    stop.abort();
    expect(await asked).toBeInstanceOf(Error);
    await llm.untilAborted(aborted + 1);
    await client.ping();
  });

  it('stops the run of a client that has gone', async () => {
    llm.hang();
    const { length: before } = llm.requests;
    const { length: aborted } = llm.aborted;
    const client = await connect(ann);
    void ask(client, 'default', { message: 'Long.' }).catch(() => undefined);
    await llm.untilRequests(before + 1);
    await client.close();
    await llm.untilAborted(aborted + 1);
    expect(llm.lastRequest.aborted).toBe(true);
  });

  it('answers what is wrong with a call to the model that made it', async () => {
    const client = await connect(ann);
    expect(await ask(client, 'default', {})).toMatchObject({
      isError: true,
      content: [{ text: 'message is required: a text.' }],
    });
    expect(await ask(client, 'default', { message: 'x', session: 'agent:anns:x' })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('belongs to the agent anns') as string }],
    });
  });

  it('lets in nobody without a credential, nor one that may only read, nor a page of elsewhere', async () => {
    const initialize = { jsonrpc: '2.0', id: 1, method: 'initialize', params: {} };
    const post = (headers: Record<string, string>) =>
      fetch(`${gateway.url}/mcp`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...headers,
        },
        body: JSON.stringify(initialize),
      });
    expect((await post({})).status).toBe(401);
    const viewer = await RestClient.admin(gateway).bound('ann', 'viewer');
    expect((await post({ authorization: `Bearer ${viewer.token}` })).status).toBe(403);
    const foreign = { authorization: `Bearer ${ann.token}`, origin: 'https://evil.example' };
    expect((await post(foreign)).status).toBe(403);
    expect((await fetch(`${gateway.url}/mcp`, { headers: gateway.headers('ann') })).status).toBe(405);
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import {
  EVERYTHING_STDIO,
  type EverythingServer,
  leavingStdio,
  startEverything,
} from '../support/mcp/everything.js';
import { pidsOf } from '../support/mcp/processes.js';
import { RawSocket } from '../support/raw-socket.js';
import { RestClient } from '../support/rest.js';

const SECRET = 'canary-mcp-secret-0123456789';

describe('MCP servers of the configuration', () => {
  const mark = randomUUID();
  let llm: ScriptedLlm;
  let sse: EverythingServer;
  let http: EverythingServer;
  let gateway: RunningGateway;
  let user: RestClient;

  beforeAll(async () => {
    [llm, sse, http] = await Promise.all([
      ScriptedLlm.start(),
      startEverything('sse'),
      startEverything('streamable-http'),
    ]);
    gateway = await startGateway({
      llm,
      env: { GOCLAW_MCP_GIVEN: SECRET },
      config: {
        tools: {
          mcp_servers: {
            program: {
              transport: 'stdio',
              command: EVERYTHING_STDIO.command,
              args: [...EVERYTHING_STDIO.args, mark],
              env: { GIVEN: '${GOCLAW_MCP_GIVEN}' },
              tool_prefix: 'p',
            },
            older: { transport: 'sse', url: sse.url, tool_prefix: 's', headers: { 'X-Key': SECRET } },
            newer: { transport: 'streamable-http', url: http.url, tool_prefix: 'h' },
            off: { url: http.url, tool_prefix: 'off', enabled: false },
            broken: { command: '/no/such/program', tool_prefix: 'broken' },
          },
        },
      },
    });
    user = RestClient.admin(gateway);
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await Promise.all([sse, http, llm].map((one) => one[Symbol.asyncDispose]()));
  });
  afterEach(() => llm.expectAllUsed());

  /** What the model was told about the calls of the last turn. */
  const results = (): string[] =>
    llm.lastRequest.messages.filter(({ role }) => role === 'tool').map(({ text }) => text);

  it.each(['p', 's', 'h'])('give every agent their tools, resources and prompts (%s)', async (prefix) => {
    llm
      .replyToolCalls([
        { name: `${prefix}__echo`, arguments: { message: 'hi' } },
        { name: `${prefix}__list_prompts`, arguments: {} },
        { name: `${prefix}__read_resource`, arguments: { uri: 'demo://resource/dynamic/text/1' } },
        { name: `${prefix}__get_prompt`, arguments: { name: 'simple-prompt' } },
      ])
      .reply('done');
    expect(await user.ask('default')).toBe('done');
    expect(results()).toEqual([
      'Echo: hi',
      expect.stringContaining('simple-prompt'),
      expect.stringContaining('demo://resource/dynamic/text/1'),
      expect.stringContaining('[user]'),
    ]);
    const shown = llm.lastRequest.tools.map(({ name }) => name);
    expect(shown.filter((name) => /^(off|broken)__/.test(name))).toEqual([]);
  });

  it('refuse arguments that do not fit before the server sees them', async () => {
    llm.replyToolCalls([{ name: 'h__get-sum', arguments: { a: 'one' } }]).reply('done');
    await user.ask('default');
    expect(results()[0]).toContain('The arguments do not fit h__get-sum');
  });

  it('are called again after they died, and what fails is a result for the model', async () => {
    const echo = async (message: string): Promise<string | undefined> => {
      llm.replyToolCalls([{ name: 'h__echo', arguments: { message } }]).reply('done');
      expect(await user.ask('default')).toBe('done');
      return results()[0];
    };
    await http.kill();
    expect(await echo('gone')).toContain('The MCP server newer');
    await http.restart();
    let result = await echo('back');
    while (result !== 'Echo: back') result = await echo('back');
  }, 30_000);

  it('show their secrets to nobody', async () => {
    using socket = await RawSocket.connect(gateway, 'local');
    const shown = JSON.stringify(await socket.result('config.get'));
    expect(shown).toContain('"X-Key":"***"');
    expect(shown).toContain('"GIVEN":"***"');
    expect(shown + gateway.logs + gateway.output).not.toContain(SECRET);
  });

  it('end with the gateway, also when it is killed', async () => {
    expect(pidsOf(mark)).toHaveLength(1);
    await gateway.kill();
    while (pidsOf(mark).length > 0) await new Promise((resolve) => setImmediate(resolve));
  });
});

describe('what an MCP server of the configuration starts in sessions of its own', () => {
  it.each([
    ['is stopped', (gateway: RunningGateway) => gateway[Symbol.asyncDispose]()],
    ['is killed', (gateway: RunningGateway) => gateway.kill()],
  ])('ends when the gateway %s', async (_, end) => {
    const mark = randomUUID();
    await using llm = await ScriptedLlm.start();
    const leaving = { transport: 'stdio', ...leavingStdio(mark), tool_prefix: 'p' };
    const gateway = await startGateway({ llm, config: { tools: { mcp_servers: { leaving } } } });
    try {
      llm.replyToolCalls([{ name: 'p__echo', arguments: { message: 'hi' } }]).reply('done');
      await RestClient.admin(gateway).ask('default');
      expect(pidsOf(mark)).toHaveLength(3);
    } finally {
      await end(gateway);
    }
    await expect.poll(() => pidsOf(mark), { timeout: 30_000 }).toEqual([]);
  });
});

import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { describeWithEngine, SANDBOX_IMAGE, startPodman, type TestPodman } from '../support/podman/index.js';
import { RawSocket } from '../support/raw-socket.js';
import { RestClient } from '../support/rest.js';

const EVERYTHING = createRequire(import.meta.url).resolve(
  '@modelcontextprotocol/server-everything/dist/index.js',
);
const PAGE =
  '<title>Launch</title><h1>The launch</h1><button onclick="this.textContent=\'Thanks\'">Sign up</button>';
const USER = 'ann';

/** What the model asks for, in this order, and what it must be told. */
const STEPS: readonly (readonly [name: string, args: Record<string, unknown>, told: RegExp])[] = [
  ['write_file', { path: 'notes.txt', content: 'The launch is on Monday.\n' }, /File written/],
  ['read_file', { path: 'notes.txt' }, /The launch is on Monday\./],
  ['edit_file', { path: 'notes.txt', old_string: 'Monday', new_string: 'Tuesday' }, /notes\.txt/],
  ['search', { pattern: 'Tues\\w+' }, /notes\.txt.*Tuesday/s],
  [
    'exec',
    { command: 'cat notes.txt && hostname && cat /etc/shadow' },
    /The launch is on Tuesday\..*STDERR:/s,
  ],
  ['browser', { action: 'start' }, /./],
  ['browser', { action: 'open', targetUrl: 'SITE' }, /Launch/],
  ['browser', { action: 'snapshot' }, /heading "The launch".*button "Sign up" \[ref=e\d+\]/s],
  ['everything__echo', { message: 'over the wire' }, /over the wire/],
  ['shout', { text: `it's $(id) time` }, /IT'S \$\(ID\) TIME/],
];

for (const provider of ['openai', 'anthropic'] as const)
  describeWithEngine(`an agent with every kind of tool, on a model of ${provider}`, () => {
    let llm: ScriptedLlm;
    let podman: TestPodman;
    let site: Server;
    let siteUrl: string;
    let gateway: RunningGateway;
    let socket: RawSocket;

    beforeAll(async () => {
      llm = await ScriptedLlm.start();
      podman = await startPodman();
      site = createServer((_, response) => void response.setHeader('content-type', 'text/html').end(PAGE));
      await once(site.listen(0, '127.0.0.1'), 'listening');
      const address = `127.0.0.1:${(site.address() as AddressInfo).port}`;
      siteUrl = `http://${address}/`;
      gateway = await startGateway({
        llm,
        provider,
        mode: 'managed',
        env: { DOCKER_HOST: podman.dockerHost },
        config: {
          agents: { defaults: { sandbox: { mode: 'all', image: SANDBOX_IMAGE } } },
          tools: {
            network: { allow: [address] },
            mcp_servers: {
              everything: {
                transport: 'stdio',
                command: process.execPath,
                args: [EVERYTHING],
                tool_prefix: 'everything',
              },
            },
          },
        },
      });
      await RestClient.admin(gateway).done('POST', '/v1/tools/custom', {
        name: 'shout',
        description: 'Say it louder.',
        command: 'printf %s {{.text}} | tr a-z A-Z',
        parameters: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
        enabled: true,
      });
      socket = await RawSocket.connect(gateway, USER);
    });
    afterEach(() => llm.expectAllUsed());
    afterAll(async () => {
      socket?.[Symbol.dispose]();
      await gateway?.[Symbol.asyncDispose]();
      site?.close();
      await podman?.[Symbol.asyncDispose]();
      await llm?.[Symbol.asyncDispose]();
    });

    it('reads, edits, searches, executes in a sandbox, browses, and calls an MCP tool and a custom one, in one conversation', async () => {
      for (const [name, args] of STEPS) {
        const given = JSON.parse(JSON.stringify(args).replace('SITE', siteUrl)) as Record<string, unknown>;
        llm.replyToolCalls([{ name, arguments: given }]);
      }
      llm.reply('All of it is done.');
      const answer = await socket.result('chat.send', { message: 'Prepare the launch.' });
      expect(answer).toMatchObject({ content: 'All of it is done.' });
      const results = llm.lastRequest.messages.filter(({ role }) => role === 'tool');
      expect(results).toHaveLength(STEPS.length);
      for (const [index, [name, , told]] of STEPS.entries())
        expect([name, results[index]?.text]).toEqual([name, expect.stringMatching(told)]);
      expect(results.map(({ isError = false }, index) => (isError ? STEPS[index]?.[0] : ''))).not.toContain(
        'shout',
      );
      // The sandbox has its own root: what it printed of /etc/shadow is nothing of this machine's.
      const secret = readFileSync('/etc/shadow', 'utf8').split('\n')[0] ?? 'root';
      expect(results[4]?.text).not.toContain(secret);
    });
  });

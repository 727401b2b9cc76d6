import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { EVERYTHING_STDIO, leavingStdio, startEverything } from '../../../test/support/mcp/everything.js';
import { pidsOf } from '../../../test/support/mcp/processes.js';
import { ScriptedMcpServer, tool } from '../../../test/support/mcp/scripted-mcp-server.js';
import { McpError } from '../mcp.errors.js';
import { OFFER_WAIT_MS, RECONNECT_BASE_MS, RELIST_PAUSE_MS } from '../mcp.limits.js';
import { httpTerms, linkTo, termsOf, until } from './link.fixture.js';
import type { McpLink } from './mcp-link.js';

const signal = new AbortController().signal;
const STDIO = { transport: 'stdio' as const, ...EVERYTHING_STDIO, env: {} };

let warned: MockInstance<Logger['warn']>;
beforeEach(() => {
  warned = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  return () => warned.mockRestore();
});

function call(link: McpLink, name: string, args: object = {}, timeoutMs = 5_000): Promise<unknown> {
  return link.use(signal, (session) =>
    session.ask('tools/call', { name, arguments: args }, { timeoutMs, doing: `calling ${name}` }),
  );
}

async function reasonOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof McpError ? `${error.reason}: ${error.message}` : `unexpected: ${String(error)}`;
}

describe('a connection to the reference server', () => {
  it.each(['stdio', 'sse', 'streamable-http'] as const)('lists and calls over %s', async (transport) => {
    await using server = transport === 'stdio' ? undefined : await startEverything(transport);
    const address = server && transport !== 'stdio' ? { transport, url: server.url, headers: {} } : STDIO;
    await using link = linkTo(termsOf(address));
    const listing = await link.listed(30_000);
    expect([...listing.tools.keys()]).toEqual(expect.arrayContaining(['echo', 'get-sum', 'get-tiny-image']));
    expect(listing).toMatchObject({ hasResources: true, hasPrompts: true });
    expect(await call(link, 'echo', { message: 'hello' })).toMatchObject({
      content: [{ text: 'Echo: hello' }],
    });
    expect(link.status).toMatchObject({ state: 'connected', tools: listing.tools.size });
  });

  it.each(['sse', 'streamable-http'] as const)(
    'is made anew over %s when the server was restarted',
    async (transport) => {
      await using server = await startEverything(transport);
      const clock = new ManualClock();
      await using link = linkTo(termsOf({ transport, url: server.url, headers: {} }), {
        clock,
        isShared: false,
      });
      await link.listed(30_000);
      await server.restart();
      await until(() => transport !== 'sse' || link.status.state !== 'connected');
      clock.advance(RECONNECT_BASE_MS);
      expect(await call(link, 'echo', { message: 'again' })).toMatchObject({
        content: [{ text: 'Echo: again' }],
      });
    },
  );

  it('is made anew with a new process when the program was killed', async () => {
    const mark = randomUUID();
    const clock = new ManualClock();
    await using link = linkTo(termsOf({ ...STDIO, args: [...STDIO.args, mark] }), { clock });
    await link.listed(30_000);
    const [first] = pidsOf(mark);
    process.kill(Number(first), 'SIGKILL');
    await until(() => link.status.state === 'failed');
    clock.advance(RECONNECT_BASE_MS);
    expect(await call(link, 'echo', { message: 'again' })).toMatchObject({
      content: [{ text: 'Echo: again' }],
    });
    expect(pidsOf(mark)).not.toContain(first);
  });
});

describe('a program that is an MCP server', () => {
  const script = (code: string): McpLink & AsyncDisposable =>
    linkTo(
      termsOf({
        transport: 'stdio',
        command: process.execPath,
        args: ['-e', code],
        env: { TOKEN: 's3cret-value' },
      }),
    );

  it('sees nothing of the gateway’s environment but what programs need', async () => {
    process.env['GOCLAW_TEST_SECRET'] = 'gateway-secret';
    await using link = linkTo(termsOf({ ...STDIO, env: { GIVEN: 'given' } }));
    const answer = await call(link, 'get-env');
    delete process.env['GOCLAW_TEST_SECRET'];
    expect(JSON.stringify(answer)).toContain('given');
    expect(JSON.stringify(answer).match(/GOCLAW\w*/g)).toEqual(['GOCLAW_COMMAND_ID']);
  });

  it('ends with the connection, with what it started', async () => {
    const mark = randomUUID();
    const code = `const { spawn } = require('child_process'); spawn('sh', ['-c', 'sleep 1000; : ${mark}']); process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); // ${mark}`;
    const link = script(code);
    void link.listed(30_000).catch(() => undefined);
    await until(() => pidsOf(mark).length >= 2);
    await link.close();
    // What it started is killed with it, but the kernel may take a moment longer for that.
    await expect.poll(() => pidsOf(mark)).toEqual([]);
  });

  it('ends with the connection, with what it started in sessions of their own', async () => {
    const mark = randomUUID();
    await using link = linkTo(termsOf({ ...STDIO, ...leavingStdio(mark) }));
    await link.listed(30_000);
    expect(pidsOf(mark)).toHaveLength(3);
    await link.close();
    expect(pidsOf(mark)).toEqual([]);
  });

  it('takes what it started along when it crashes, also what holds its output open', async () => {
    const mark = randomUUID();
    const clock = new ManualClock();
    await using link = linkTo(termsOf({ ...STDIO, ...leavingStdio(mark) }), { clock });
    await link.listed(30_000);
    const [server] = pidsOf(`leaving-server.mjs\0${mark}`);
    process.kill(Number(server), 'SIGKILL');
    await until(() => link.status.state === 'failed');
    expect(pidsOf(mark)).toEqual([]);
  });

  it('that cannot be started, or ends at once, is an error that names it', async () => {
    await using missing = linkTo(
      termsOf({ transport: 'stdio', command: '/no/such/program', args: [], env: {} }),
    );
    expect(await reasonOf(missing.listed(30_000))).toBe(
      'unreachable: The MCP server wiki cannot be started: its program is not on the gateway’s PATH. An admin can install it, or correct its command.',
    );
    await using ending = script('console.error("no luck with " + process.env.TOKEN); process.exit(3)');
    expect(await reasonOf(ending.listed(30_000))).toContain('lost: The ');
    expect(ending.status).toMatchObject({ state: 'failed', stderr: 'no luck with ***' });
  });

  it('that does not answer says so in the log, and also while it is tried again', async () => {
    const clock = new ManualClock();
    const code = 'console.error("fetching"); setInterval(() => {}, 1000)';
    const address = { transport: 'stdio' as const, command: process.execPath, args: ['-e', code], env: {} };
    await using link = linkTo(termsOf(address), { clock });
    const late = 'The MCP server wiki did not finish connecting within 60 s.';
    void link.listed(OFFER_WAIT_MS).catch(() => undefined);
    await until(() => {
      if (link.status.state === 'failed') return true;
      clock.advance(OFFER_WAIT_MS);
      return false;
    });
    expect(link.status).toMatchObject({ error: late });
    expect(warned).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ msg: late }));
    clock.advance(RECONNECT_BASE_MS);
    const second = reasonOf(link.listed(OFFER_WAIT_MS));
    clock.advance(OFFER_WAIT_MS);
    expect(await second).toContain(
      `still being connected; its tools come with a later message. Before that: ${late}`,
    );
  });

  it('that its configuration does not name says what to set, each time the same', async () => {
    const broken = 'Set tools.mcp_servers.wiki.command.';
    await using link = linkTo(termsOf({ transport: 'stdio', command: '', args: [], env: {} }, { broken }));
    expect(await reasonOf(link.listed(30_000))).toBe(`unreachable: ${broken}`);
    expect(await reasonOf(link.listed(30_000))).toBe(`unreachable: ${broken}`);
  });

  it('that prints gigabytes without a line end is cut off', async () => {
    await using link = script(
      'const b = Buffer.alloc(1 << 20, 97); const w = () => { while (process.stdout.write(b)); process.stdout.once("drain", w) }; w()',
    );
    expect(await reasonOf(link.listed(30_000))).toMatch(/^(limit|lost): /);
    expect(link.status.state).toBe('failed');
  });

  it.each([
    ['lines that are no messages', 'hello'],
    ['answers that nobody waits for', '{"jsonrpc":"2.0","id":999,"result":{}}'],
  ])('that prints %s without end is cut off', async (_, line) => {
    const text = `${line}\n`.repeat(1_000);
    const code = `const w = () => { while (process.stdout.write(${JSON.stringify(text)})); process.stdout.once("drain", w) }; w()`;
    await using link = script(code);
    expect(await reasonOf(link.listed(10_000))).toMatch(/^(limit|lost): /);
    expect(link.status.state).toBe('failed');
  });
});

describe('a server that misbehaves', () => {
  it('and never answers costs a call its time limit, not more', async () => {
    await using server = await ScriptedMcpServer.start();
    server.plays.set('tools/call', () => () => undefined);
    await using link = linkTo(httpTerms(server.url));
    expect(await reasonOf(call(link, 'x', {}, 200))).toBe(
      'timeout: The MCP server wiki gave no answer within 0.2 s while calling x.',
    );
  });

  it('and sends megabytes is cut off', async () => {
    await using server = await ScriptedMcpServer.start();
    server.plays.set('tools/call', () => (response, id) => {
      response.setHeader('content-type', 'application/json');
      response.write(`{"jsonrpc":"2.0","id":${String(id)},"result":{"content":[{"type":"text","text":"`);
      const more = (): void => {
        while (response.write('x'.repeat(1 << 20)));
        response.once('drain', more);
      };
      more();
    });
    await using link = linkTo(httpTerms(server.url));
    expect(await reasonOf(call(link, 'x'))).toContain('sent more than 8 MB at once');
    expect(await call(link, 'y').catch(() => 'still there')).toBeDefined();
  });

  it('and forgot the connection gets a new one, and the call once', async () => {
    await using server = await ScriptedMcpServer.start();
    await using link = linkTo(httpTerms(server.url));
    await link.listed(30_000);
    let refusals = 0;
    server.plays.set('tools/call', () => (refusals++ === 0 ? { status: 404 } : { result: { content: [] } }));
    await call(link, 'x');
    expect([server.count('initialize'), server.count('tools/call')]).toEqual([2, 2]);
  });

  it('and breaks off in mid-call is not asked twice', async () => {
    await using server = await ScriptedMcpServer.start();
    server.plays.set('tools/call', () => (response) => response.destroy());
    await using link = linkTo(httpTerms(server.url));
    expect(await reasonOf(call(link, 'x'))).toContain('unreachable: The MCP server wiki cannot be reached');
    expect(server.count('tools/call')).toBe(1);
  });

  it('and refuses is an answer: the connection stays', async () => {
    await using server = await ScriptedMcpServer.start();
    server.plays.set('tools/call', () => ({ error: { code: -32_602, message: 'no such tool' } }));
    await using link = linkTo(httpTerms(server.url));
    expect(await reasonOf(call(link, 'x'))).toBe(
      'answered: The MCP server wiki refused calling x: no such tool',
    );
    expect(link.status.state).toBe('connected');
  });

  it('and is away is asked again after a while that doubles, not by every call', async () => {
    await using server = await ScriptedMcpServer.start();
    server.plays.set('initialize', () => ({ status: 503 }));
    const clock = new ManualClock();
    await using link = linkTo(httpTerms(server.url), { clock, isShared: false });
    expect(await reasonOf(link.listed(30_000))).toContain('answered with HTTP 503');
    expect(await reasonOf(link.listed(30_000))).toContain('It is tried again in 2 s.');
    clock.advance(RECONNECT_BASE_MS);
    expect(await reasonOf(link.listed(30_000))).toContain('answered with HTTP 503');
    expect(await reasonOf(link.listed(30_000))).toContain('It is tried again in 4 s.');
    expect(server.count('initialize')).toBe(2);
  });

  it('and is shared comes back by itself', async () => {
    await using server = await ScriptedMcpServer.start();
    server.plays.set('initialize', () => ({ status: 503 }));
    const clock = new ManualClock();
    await using link = linkTo(httpTerms(server.url), { clock });
    await reasonOf(link.listed(30_000));
    server.plays.clear();
    clock.advance(RECONNECT_BASE_MS);
    await until(() => link.status.state === 'connected');
    expect(server.count('initialize')).toBe(2);
  });

  it('and does not answer a ping is connected anew', async () => {
    await using server = await ScriptedMcpServer.start();
    const clock = new ManualClock();
    await using link = linkTo(httpTerms(server.url), { clock });
    await link.listed(30_000);
    server.plays.set('ping', () => ({ status: 502 }));
    clock.advance(30_000);
    await until(() => link.status.state === 'failed');
    clock.advance(RECONNECT_BASE_MS);
    await until(() => link.status.state === 'connected');
    expect(server.count('initialize')).toBe(2);
  });

  it('and says that its tools changed, a thousand times, is asked for them once', async () => {
    await using server = await ScriptedMcpServer.start();
    server.tools = [tool('one')];
    const clock = new ManualClock();
    await using link = linkTo(httpTerms(server.url), { clock });
    const before = await link.listed(30_000);
    await until(() => server.streams.size === 1);
    server.tools = [tool('two')];
    for (let count = 0; count < 1_000; count++) server.notify('notifications/tools/list_changed');
    await until(() => clock.pending > 1);
    clock.advance(RELIST_PAUSE_MS);
    await until(() => link.known !== before);
    expect([...(link.known?.tools.keys() ?? [])]).toEqual(['two']);
    expect(server.count('tools/list')).toBe(2);
  });

  it('and sends without end what nobody asked for is cut off', async () => {
    await using server = await ScriptedMcpServer.start();
    await using link = linkTo(httpTerms(server.url), { isShared: false });
    await link.listed(30_000);
    await until(() => server.streams.size === 1);
    for (let count = 0; count < 2_100; count++) server.notify('notifications/message');
    await until(() => link.status.state === 'failed');
    expect(link.status.error).toContain('closed');
  });

  it('and lists what is no tool, tools twice and ten thousand of them, has those that can be', async () => {
    await using server = await ScriptedMcpServer.start();
    const many = Array.from({ length: 10_000 }, (_, index) => tool(`t${index}`));
    server.tools = [null, 7, { description: 'nameless' }, tool('t0'), ...many];
    await using link = linkTo(httpTerms(server.url));
    const listing = await link.listed(30_000);
    expect(listing.tools.size).toBe(2_000);
    expect(listing.unusable).toEqual([
      'an entry of its list of tools has no name',
      'it lists the tool t0 twice',
      'it has more than 2000 tools',
    ]);
  });

  it('and pages through its tools in a circle is not followed for ever', async () => {
    await using server = await ScriptedMcpServer.start();
    server.plays.set('tools/list', () => ({ result: { tools: [], nextCursor: 'again' } }));
    await using link = linkTo(httpTerms(server.url));
    await link.listed(30_000);
    expect(server.count('tools/list')).toBe(2);
  });

  it('and redirects to another host is not followed there', async () => {
    await using other = await ScriptedMcpServer.start();
    await using server = await ScriptedMcpServer.start();
    server.plays.set('initialize', () => ({ status: 307, headers: { location: other.url } }));
    await using link = linkTo(httpTerms(server.url));
    expect(await reasonOf(link.listed(30_000))).toMatch(/^invalid: .*not followed/);
    expect(other.asked).toEqual([]);
  });
});

describe('many at once', () => {
  it('share one connection, and a run that is aborted takes nobody with it', async () => {
    await using server = await ScriptedMcpServer.start();
    await using link = linkTo(httpTerms(server.url));
    const aborted = new AbortController();
    const first = link.use(aborted.signal, () => Promise.resolve('first'));
    aborted.abort(new Error('stopped'));
    const calls = Array.from({ length: 20 }, (_, index) => call(link, `t${index}`));
    await expect(first).rejects.toThrow('stopped');
    expect(await Promise.all(calls)).toHaveLength(20);
    expect(server.count('initialize')).toBe(1);
  });

  it('an aborted call is cancelled at the server', async () => {
    await using server = await ScriptedMcpServer.start();
    server.plays.set('tools/call', () => () => undefined);
    await using link = linkTo(httpTerms(server.url));
    const aborted = new AbortController();
    const pending = link.use(aborted.signal, (session) =>
      session.ask(
        'tools/call',
        { name: 'x', arguments: {} },
        { timeoutMs: 5_000, doing: 'x', signal: aborted.signal },
      ),
    );
    await until(() => server.count('tools/call') === 1);
    aborted.abort(new Error('stopped'));
    await expect(pending).rejects.toThrow('stopped');
    await until(() => server.count('notifications/cancelled') === 1);
  });
});

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readdir, readFile } from 'node:fs/promises';
import { refOf } from '../../src/browser/browser.fixture.js';
import { Site } from '../../src/browser/site.fixture.js';
import { browserLack } from '../support/browser/run-page.js';
import { runCli } from '../support/cli/index.js';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { RawSocket } from '../support/raw-socket.js';

const lack = browserLack();
const CALL_LIMIT_MS = 60_000;
vi.setConfig({ testTimeout: CALL_LIMIT_MS, hookTimeout: CALL_LIMIT_MS });

const SHOP = `<!doctype html><title>The shop</title><h1>Pears</h1>
<form onsubmit="event.preventDefault(); document.title = 'Sold ' + n.value"><input id="n" aria-label="How many"><button>Buy</button></form>`;

describe.skipIf(lack !== undefined)(`a gateway with a browser${lack ? ` [${lack}]` : ''}`, () => {
  let site: Site;
  let llm: ScriptedLlm;
  let gateway: RunningGateway;

  beforeAll(async () => {
    site = await Site.start({ '/': SHOP });
    llm = await ScriptedLlm.start();
    gateway = await start('openai');
  });

  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await llm.close();
    await site[Symbol.asyncDispose]();
  });

  const start = (provider: 'openai' | 'anthropic'): Promise<RunningGateway> =>
    startGateway({
      llm,
      provider,
      mode: 'managed',
      config: {
        tools: { network: { allow: [`127.0.0.1:${site.port}`] } },
        agents: { defaults: { model: provider === 'openai' ? 'gpt-4o' : 'claude-sonnet-4-5' } },
      },
    });

  /** Has the agent make one call of the tool; returns what the model got back. */
  const use = async (
    socket: RawSocket,
    args: object,
  ): Promise<{ text: string; images: readonly string[] }> => {
    llm.replyToolCalls([{ name: 'browser', arguments: { ...args } }]).reply({ text: 'done' });
    await socket.result('chat.send', { message: 'go on' });
    const { messages } = llm.lastRequest;
    const at = messages.findLastIndex(({ role }) => role === 'tool');
    return { text: messages[at]?.text ?? '', images: messages.slice(at).flatMap(({ images }) => images) };
  };

  it.each(['openai', 'anthropic'] as const)(
    'lets an agent open, read, use and see a page, with a model of %s',
    async (provider) => {
      await using own = await start(provider);
      using socket = await RawSocket.connect(own, `ann-${provider}`);
      expect((await use(socket, { action: 'open', targetUrl: `${site.url}/` })).text).toContain(
        '"title":"The shop"',
      );
      const { text } = await use(socket, { action: 'snapshot' });
      expect(text).toContain('heading "Pears"');
      const request = { kind: 'type', ref: refOf(text, 'How many'), text: '7', submit: true };
      await use(socket, { action: 'act', request });
      expect((await use(socket, { action: 'snapshot' })).text).toContain('Page: Sold 7');
      const seen = await use(socket, { action: 'screenshot' });
      expect(seen.text).toContain('Screenshot of');
      expect(seen.images[0]).toMatch(/^data:image\/jpeg;base64,/);
    },
  );

  it('lets the user drive the pages of his conversation, and nobody else', async () => {
    using ann = await RawSocket.connect(gateway, 'ann');
    using bob = await RawSocket.connect(gateway, 'bob');
    await use(ann, { action: 'open', targetUrl: `${site.url}/` });
    await use(bob, { action: 'status' });
    const sessionKey = 'agent:default:ws:direct:ann';
    const status = await ann.result('browser.status', {});
    expect(status).toMatchObject({
      enabled: true,
      running: true,
      tabs: [{ title: 'The shop', targetId: 't1' }],
    });
    const { text } = await ann.result('browser.snapshot', { sessionKey });
    const act = { request: { kind: 'type', ref: refOf(String(text), 'How many'), text: '3', submit: true } };
    expect(await ann.result('browser.act', act)).toMatchObject({ ok: true, notes: [] });
    expect((await use(ann, { action: 'tabs' })).text).toContain('Sold 3');
    const picture = await ann.result('browser.screenshot', { fullPage: true });
    expect(Buffer.from(String(picture['data']), 'base64').subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));

    expect(await bob.result('browser.status', {})).toEqual({ enabled: true, running: false, tabs: [] });
    for (const [method, params] of [
      ['browser.status', {}],
      ['browser.snapshot', {}],
      ['browser.screenshot', {}],
      ['browser.act', act],
      ['browser.close', {}],
      ['browser.open', { url: `${site.url}/` }],
    ] as const)
      expect(await bob.refusal(method, { ...params, sessionKey })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await bob.refusal('browser.snapshot', { targetId: 't1' })).toMatchObject({
      code: 'FAILED_PRECONDITION',
    });

    expect(await ann.result('browser.close', {})).toEqual({ ok: true, closed: true });
    expect(await ann.result('browser.status', {})).toMatchObject({ running: false });
  });

  it('reaches no private address over the socket, and opens what may be reached', async () => {
    using ann = await RawSocket.connect(gateway, 'ann');
    await use(ann, { action: 'status' });
    for (const url of ['http://127.0.0.1:1/', 'http://169.254.169.254/', 'file:///etc/passwd', 'nonsense'])
      expect(await ann.refusal('browser.open', { url })).toMatchObject({ code: 'INVALID_REQUEST' });
    expect(await ann.result('browser.open', { url: `${site.url}/` })).toMatchObject({
      status: 200,
      notes: [],
    });
    expect(await ann.refusal('browser.act', { request: { kind: 'fly' } })).toMatchObject({
      code: 'INVALID_REQUEST',
    });
  });

  it('closes the pages of a conversation that begins anew', async () => {
    using cid = await RawSocket.connect(gateway, 'cid');
    await use(cid, { action: 'open', targetUrl: `${site.url}/` });
    await cid.result('sessions.reset', { key: 'agent:default:ws:direct:cid' });
    await expect.poll(() => cid.result('browser.status', {})).toMatchObject({ running: false });
  });

  it('goes on when the browser is killed: the call fails, the run does not', async () => {
    using dan = await RawSocket.connect(gateway, 'dan');
    await use(dan, { action: 'open', targetUrl: `${site.url}/` });
    const request = { kind: 'wait', text: 'never comes' };
    const waiting = use(dan, { action: 'act', request });
    await expect.poll(() => llm.requests.length).toBeGreaterThan(0);
    for (const pid of await browsersOf(gateway.pid)) process.kill(pid, 'SIGKILL');
    expect((await waiting).text).toMatch(/ended meanwhile|No page is open/);
    expect((await use(dan, { action: 'open', targetUrl: `${site.url}/` })).text).toContain('The shop');
  });

  it('takes the browser along when it is killed', async () => {
    const own = await start('openai');
    using socket = await RawSocket.connect(own, 'eve');
    await use(socket, { action: 'open', targetUrl: `${site.url}/` });
    await expect.poll(() => browsersOf(own.pid)).not.toEqual([]);
    await own.kill();
    await expect.poll(() => browsersOf(own.pid)).toEqual([]);
    await own[Symbol.asyncDispose]();
  });

  it('withholds the tool where it is switched off, and says how to switch it on', async () => {
    const config = { tools: { browser: { enabled: false } } };
    await using off = await startGateway({ llm, mode: 'managed', config });
    using socket = await RawSocket.connect(off, 'ann');
    const { tools } = await socket.result('tools.explain', { name: 'browser' });
    expect(tools).toMatchObject([
      { available: false, reason: expect.stringContaining('tools.browser.enabled') },
    ]);
    llm.reply({ text: 'hello' });
    await socket.result('chat.send', { message: 'hi' });
    expect(llm.lastRequest.tools.map(({ name }) => name)).not.toContain('browser');
    expect(await socket.refusal('browser.open', { url: site.url })).toMatchObject({
      code: 'FAILED_PRECONDITION',
    });
  });

  it('has a doctor who tries the browser', async () => {
    const env = (chromium: object): Record<string, string> => ({
      GOCLAW_CONFIG: '/nowhere/config.json',
      GOCLAW_DATA_DIR: gateway.dataDir,
      GOCLAW_DISCOVERY: 'false',
      ...chromium,
    });
    const findings = async (chromium: object): Promise<{ check: string }[]> => {
      const { stdout } = await runCli(['doctor', '--json'], { env: env(chromium) });
      const report = JSON.parse(stdout) as { findings: { check: string }[] };
      return report.findings.filter(({ check }) => check === 'browser');
    };
    expect(await findings({})).toMatchObject([{ message: expect.stringMatching(/starts \(.*Chrom/) }]);
    expect(await findings({ GOCLAW_CHROMIUM: '/nowhere/chromium' })).toMatchObject([
      { level: 'warning', remedy: expect.stringContaining('GOCLAW_CHROMIUM') },
    ]);
    expect(await findings({ GOCLAW_CHROMIUM: '/bin/false' })).toMatchObject([
      { level: 'warning', message: expect.stringContaining('does not start') },
    ]);
  });
});

/** The main processes of the browsers that a gateway started. */
async function browsersOf(gateway: number): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return command.includes(`goclaw-browser-${gateway}-`) && !command.includes('--type=')
        ? [Number(pid)]
        : [];
    }),
  );
  return found.flat();
}

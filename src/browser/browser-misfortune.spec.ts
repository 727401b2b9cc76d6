import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CacheInvalidated, RunFinished, SessionChanged } from '#bus';
import type { RunContext } from '#contracts';
import { browserLack } from '../../test/support/browser/run-page.js';
import { BrowserRig, callerOf, refOf, textOf } from './browser.fixture.js';
import { Site } from './site.fixture.js';
import { processesOf } from './chromium/process-memory.js';
import { TABS_MAX } from './session/browser-session.js';
import { SESSIONS_PER_USER_MAX } from './session/browser-sessions.js';
import { WAITING_CALLS_MAX } from './session/turns.js';

const lack = browserLack();

const MEGABYTE = 1024 * 1024;
const PAGES = {
  '/': '<title>Fine</title><h1>Fine</h1><button onclick="for (;;) {}">Hang</button>',
  '/alerts': '<title>Alerts</title><button onclick="for (let i = 0; i < 40; i++) alert(i)">Go</button>',
  '/shouts': `<title>Shouts</title><script>setInterval(() => { for (let i = 0; i < 20000; i++) console.log('x'.repeat(1000)) }, 0)</script>`,
  '/screams': `<title>Screams</title><script>console.log('x'.repeat(40 * ${MEGABYTE}))</script>`,
  '/asks': `<title>Asks</title><script>setInterval(() => { for (let i = 0; i < 500; i++) new Image().src = 'data:image/png,' + i; fetch('/x?' + Math.random()).catch(() => 0) }, 0)</script>`,
  '/large': `<title>Large</title><script>for (let i = 0; i < 50000; i++) { const e = document.createElement('p'); e.textContent = 'line ' + i; document.documentElement.append(e) }</script>`,
  '/deep': `<title>Deep</title><body><script>let at = document.body; for (let i = 0; i < 4000; i++) { const e = document.createElement('div'); at.append(e); at = e } at.textContent = 'bottom'</script>`,
  '/huge': `<title>Huge</title><p id=p></p><script>p.textContent = 'y'.repeat(40 * ${MEGABYTE})</script>`,
  '/windows': `<title>Windows</title><button onclick="for (let i = 0; i < 50; i++) window.open('/')">Go</button>`,
  '/eats': `<title>Eats</title><script>const all = []; setInterval(() => { const b = new Uint8Array(32 * ${MEGABYTE}); b.fill(1); all.push(b) }, 20)</script>`,
  '/frames': `<title>Frames</title><script>for (let i = 0; i < 200; i++) { const f = document.createElement('iframe'); f.src = '/'; document.documentElement.append(f) }</script>`,
  '/leave': `<title>Leave</title><script>addEventListener('beforeunload', (e) => { e.preventDefault(); e.returnValue = 'stay' })</script><input>`,
};

describe.skipIf(lack !== undefined)(`the browser in bad luck${lack ? ` [${lack}]` : ''}`, () => {
  let site: Site;
  let rig: BrowserRig;

  beforeAll(async () => {
    site = await Site.start({
      ...PAGES,
      '/never': () => undefined,
      '/drip': (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html' }).write('<title>Drip</title><p>first</p>');
      },
      '/endless': (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html' });
        const more = (): void => {
          while (!response.destroyed && response.write('<p>more</p>'.repeat(1_000)));
        };
        response.on('drain', more);
        more();
      },
    });
    rig = BrowserRig.make([`127.0.0.1:${site.port}`]);
  });

  afterEach(async () => {
    await rig.text({ action: 'stop' });
  });

  afterAll(async () => {
    await rig[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });

  const open = (path: string, more: object = {}): Promise<string> =>
    rig.text({ action: 'navigate', targetUrl: `${site.url}${path}`, ...more });
  const pids = async (): Promise<number[]> => {
    const groups = await processesOfRig();
    return groups.map(({ pid }) => pid);
  };
  const works = async (): Promise<void> => expect(await open('/')).toContain('"title":"Fine"');

  it('starts anew after it was killed, and fails the call that was under way', async () => {
    await open('/');
    const waiting = rig.call({ action: 'act', request: { kind: 'wait', text: 'never comes' } });
    await expect.poll(async () => (await rig.browsers.status(ownerAnn())).running).toBe(true);
    for (const pid of await pids()) kill(pid);
    const result = await waiting;
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain('ended meanwhile');
    await works();
  });

  it('closes a page whose script never ends, and goes on with others', async () => {
    await open('/');
    await rig.text({ action: 'open', targetUrl: `${site.url}/` });
    const ref = refOf(await rig.text({ action: 'snapshot' }), 'button "Hang"');
    const click = { action: 'act', request: { kind: 'click', ref }, timeoutMs: 1_000 };
    const told = `${await rig.text(click)} ${await rig.text({ action: 'snapshot', timeoutMs: 1_000 })}`;
    expect(told).toContain('did not answer any more and was closed');
    expect(await rig.text({ action: 'snapshot', targetId: 't1' })).toContain('Fine');
    const endless = { action: 'act', request: { kind: 'evaluate', fn: 'for (;;) {}' }, timeoutMs: 500 };
    expect(await rig.text(endless)).toContain('was closed');
    await works();
  });

  it('ends at once when its run is aborted', async () => {
    await open('/');
    const abort = new AbortController();
    const request = { kind: 'wait', text: 'never comes' };
    const call = rig.call({ action: 'act', request }, {}, abort.signal);
    abort.abort(new Error('stopped'));
    const result = await call;
    expect(result.isError).toBe(true);
    expect(textOf(result)).toBe('The call was stopped.');
    await works();
  });

  it.each(['/never', '/endless'])('gives up on a site that never finishes: %s', async (path) => {
    expect(await open(path, { timeoutMs: 1_500 })).toMatch(/not done within 1.5 s|"title":|was closed/);
    await works();
  });

  it('shows what is there of a page that goes on coming', async () => {
    await open('/drip', { timeoutMs: 1_000 });
    expect(await rig.text({ action: 'snapshot' })).toContain('first');
  });

  it.each(['/alerts', '/shouts', '/screams', '/asks', '/large', '/deep', '/huge', '/frames', '/leave'])(
    'stays usable and small whatever a page does: %s',
    async (path) => {
      await open(path);
      const snapshot = await rig.text({ action: 'snapshot' });
      expect(snapshot.length).toBeLessThan(10_000);
      const ref = /button "Go" \[ref=(\S+)\]/.exec(snapshot)?.[1];
      if (ref !== undefined) await rig.act({ kind: 'click', ref });
      expect((await rig.text({ action: 'console' })).length).toBeLessThan(600_000);
      expect(await rig.text({ action: 'tabs' })).toMatch(/targetId|No page|\[\]/);
      await works();
    },
  );

  it('opens no more pages than it may, whoever asks', async () => {
    await open('/windows');
    const ref = refOf(await rig.text({ action: 'snapshot' }), 'button "Go"');
    await rig.act({ kind: 'click', ref });
    for (let asked = 0; asked < TABS_MAX; asked++)
      await rig.text({ action: 'open', targetUrl: `${site.url}/` });
    const tabs = JSON.parse((await rig.text({ action: 'tabs' })).split('\n')[0] ?? '') as unknown[];
    expect(tabs).toHaveLength(TABS_MAX);
    expect(await rig.text({ action: 'open', targetUrl: `${site.url}/` })).toContain(
      'close one of them first',
    );
  });

  it('ends a page that takes more memory than there is for pages', async () => {
    await using small = BrowserRig.make([`127.0.0.1:${site.port}`], { max_memory_mb: 600 });
    await small.text({ action: 'open', targetUrl: `${site.url}/` });
    const eater = await small.text({ action: 'open', targetUrl: `${site.url}/eats` });
    expect(eater).toContain('t2');
    await expect
      .poll(async () => (await small.browsers.status(ownerAnn())).tabs, {
        timeout: 30_000,
        interval: 250,
      })
      .toBeLessThan(2);
    const fine = await small.text({ action: 'navigate', targetUrl: `${site.url}/` });
    expect(fine).toContain('"title":"Fine"');
  });

  it('lets nobody queue without end', async () => {
    await open('/');
    const calls = Array.from({ length: WAITING_CALLS_MAX + 5 }, () => rig.call({ action: 'snapshot' }));
    const refused = (await Promise.all(calls)).filter(({ isError }) => isError);
    expect(refused).toHaveLength(5);
    expect(textOf(refused[0] ?? { content: [], isError: true })).toContain('ask for less at once');
  });

  it('closes the conversation that a user left longest when he opens too many', async () => {
    const run = (n: number): object => ({ session: { id: `s${n}`, key: `k${n}` } });
    const targetUrl = `${site.url}/`;
    for (let n = 0; n <= SESSIONS_PER_USER_MAX; n++) await rig.text({ action: 'open', targetUrl }, run(n));
    expect(await rig.text({ action: 'status' }, run(0))).toContain('"running":false');
    expect(await rig.text({ action: 'status' }, run(1))).toContain('"running":true');
    await rig.text({ action: 'open', targetUrl }, { caller: callerOf('bob') });
    expect(await rig.text({ action: 'status' }, run(1))).toContain('"running":true');
  });

  it('ends the pages of a conversation with it, and those of a run that is not stored with the run', async () => {
    const targetUrl = `${site.url}/`;
    const unsaved = { session: { key: 'k' } };
    await rig.text({ action: 'open', targetUrl });
    await rig.text({ action: 'open', targetUrl }, unsaved);
    await rig.sessions.handle(new SessionChanged('session-1'));
    expect(await rig.text({ action: 'status' })).toContain('"running":false');
    expect(await rig.text({ action: 'status' }, unsaved)).toContain('"running":true');
    await rig.sessions.handle(new RunFinished('run-1', 'main', callerOf('ann'), undefined, 'k', 'completed'));
    expect(await rig.text({ action: 'status' }, unsaved)).toContain('"running":false');
  });

  it('keeps the pages of calls by hand for the next ones that name the same conversation, until the user is erased', async () => {
    const byHand = (userId: string, runId: string): Partial<RunContext> => ({
      runId,
      caller: callerOf(userId),
      session: { key: 'k' },
      byHand: true,
    });
    await rig.text({ action: 'open', targetUrl: `${site.url}/` }, byHand('ann', 'run-2'));
    expect(await rig.text({ action: 'status' }, byHand('ann', 'run-3'))).toContain('"running":true');
    expect(await rig.text({ action: 'status' }, byHand('bob', 'run-4'))).toContain('"running":false');
    expect(await rig.text({ action: 'status' }, { session: { key: 'k' } })).toContain('"running":false');
    await rig.sessions.handle(new CacheInvalidated('sandboxes', 'bob'));
    expect(await rig.text({ action: 'status' }, byHand('ann', 'run-5'))).toContain('"running":true');
    await rig.sessions.handle(new CacheInvalidated('sandboxes', 'ann'));
    expect(await rig.text({ action: 'status' }, byHand('ann', 'run-6'))).toContain('"running":false');
  });

  it('says what is missing where there is no browser, or it is switched off', async () => {
    const none = BrowserRig.make([], { executable_path: '/nowhere/chromium' });
    expect(await none.text({ action: 'start' })).toContain('GOCLAW_CHROMIUM');
    const off = BrowserRig.make([], { enabled: false });
    expect(await off.text({ action: 'start' })).toContain('tools.browser.enabled');
    const broken = BrowserRig.make([], { executable_path: '/bin/false' });
    expect(await broken.text({ action: 'start' })).toContain('goclaw doctor');
  });

  it('leaves no process and no file behind', async () => {
    await open('/');
    expect((await pids()).length).toBeGreaterThan(0);
    await rig.sessions.onModuleDestroy();
    await expect.poll(() => pids()).toEqual([]);
    const { readdir } = await import('node:fs/promises');
    const { tmpdir } = await import('node:os');
    const left = (await readdir(tmpdir())).filter((name) =>
      name.startsWith(`goclaw-browser-${process.pid}-`),
    );
    expect(left).toEqual([]);
  });
});

function ownerAnn(): { userId: string; agentId: string; sessionKey: string; sessionId: string } {
  return {
    userId: 'ann',
    agentId: 'agent-1',
    sessionKey: 'agent:main:ws:direct:ann',
    sessionId: 'session-1',
  };
}

/** The processes of every browser that this process started. */
async function processesOfRig(): Promise<readonly { pid: number }[]> {
  const { readdir, readFile } = await import('node:fs/promises');
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    names.map(async (pid) => ({ pid, text: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') })),
  );
  const main = commands.find(
    ({ text }) => text.includes(`goclaw-browser-${process.pid}-`) && !text.includes('--type='),
  );
  return main ? processesOf(Number(main.pid)) : [];
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Its parent took it along.
  }
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserLack } from '../../test/support/browser/run-page.js';
import { BrowserRig, callerOf, refOf } from './browser.fixture.js';
import { Site } from './site.fixture.js';

const lack = browserLack();
const ALL_WAYS_LIMIT_MS = 90_000;

/** Every way that a page has to reach something; `TARGET` is what it must not reach. */
const WAYS: Readonly<Record<string, string>> = {
  'a picture': '<img src="TARGET/img">',
  'a script': '<script src="TARGET/script"></script>',
  'a style sheet': '<link rel="stylesheet" href="TARGET/css">',
  'a picture of a style': '<div style="background:url(TARGET/background)">x</div>',
  'a font': '<style>@font-face{font-family:x;src:url(TARGET/font)} p{font-family:x}</style><p>x</p>',
  'a frame': '<iframe src="TARGET/frame"></iframe>',
  'an object': '<object data="TARGET/object"></object><embed src="TARGET/embed">',
  'a video': '<video src="TARGET/video" autoplay></video><audio src="TARGET/audio" autoplay></audio>',
  prefetching:
    '<link rel="prefetch" href="TARGET/prefetch"><link rel="preload" as="fetch" href="TARGET/preload">',
  preconnecting: '<link rel="preconnect" href="TARGET/"><link rel="dns-prefetch" href="TARGET/">',
  'speculation rules':
    '<script type="speculationrules">{"prerender":[{"source":"list","urls":["TARGET/prerender"],"eagerness":"immediate"}]}</script>',
  fetch: '<script>fetch("TARGET/fetch",{mode:"no-cors"}).catch(()=>0)</script>',
  XMLHttpRequest: '<script>const x=new XMLHttpRequest();x.open("POST","TARGET/xhr");x.send("a")</script>',
  'a beacon': '<script>navigator.sendBeacon("TARGET/beacon","a")</script>',
  'an event source': '<script>new EventSource("TARGET/events")</script>',
  'a web socket': '<script>new WebSocket("TARGET/socket".replace("http","ws"))</script>',
  'web transport':
    '<script>try{new WebTransport("TARGET/transport".replace("http:","https:"))}catch{}</script>',
  WebRTC:
    '<script>const p=new RTCPeerConnection({iceServers:[{urls:"turn:HOST?transport=tcp",username:"a",credential:"b"},{urls:"stun:HOST"}]});p.createDataChannel("x");p.createOffer().then(o=>p.setLocalDescription(o))</script>',
  'a worker': `<script>new Worker(URL.createObjectURL(new Blob(['fetch("TARGET/worker",{mode:"no-cors"})'])))</script>`,
  'a service worker': '<script>navigator.serviceWorker?.register("/sw.js").catch(()=>0)</script>',
  'a form':
    '<form method="post" action="TARGET/form" target="f"></form><iframe name="f"></iframe><script>document.forms[0].submit()</script>',
  'a window': '<script>window.open("TARGET/window")</script>',
  'a refresh': '<meta http-equiv="refresh" content="0;url=TARGET/refresh">',
  'going there': '<script>location.href="TARGET/location"</script>',
  'a ping': '<a id=a href="#" ping="TARGET/ping">x</a><script>a.click()</script>',
  'a redirect of a part': '<img src="/to?TARGET/redirected">',
  'a report': '<script>fetch("/reporting")</script>',
};

/** What a model may be talked into opening. */
const ADDRESSES = [
  'http://localhost:PORT/',
  'http://LOCALHOST.:PORT/',
  'http://127.1:PORT/',
  'http://2130706433:PORT/',
  'http://0x7f000001:PORT/',
  'http://0177.0.0.1:PORT/',
  'http://0:PORT/',
  'http://0.0.0.0:PORT/',
  'http://[::1]:PORT/',
  'http://[::ffff:127.0.0.1]:PORT/',
  'http://[::ffff:7f00:1]:PORT/',
  'http://[64:ff9b::127.0.0.1]:PORT/',
  'http://①②⑦.0.0.1:PORT/',
  'http://user:pass@127.0.0.1:PORT/',
  'http://example.com@127.0.0.1:PORT/',
  'http://127.0.0.1:PORT/',
  'https://127.0.0.1:PORT/',
  'http://169.254.169.254/latest/meta-data/',
  'http://metadata.google.internal/',
  'http://intern.example:PORT/',
  'file:///etc/passwd',
  'view-source:http://127.0.0.1:PORT/',
  'view-source:file:///etc/passwd',
  'chrome://version/',
  'chrome://settings/',
  'devtools://devtools/bundled/inspector.html',
  'javascript:fetch("http://127.0.0.1:PORT/")',
  'data:text/html,<img src="http://127.0.0.1:PORT/">',
  'blob:http://127.0.0.1:PORT/x',
  'ftp://127.0.0.1:PORT/',
  'filesystem:http://127.0.0.1:PORT/temporary/x',
  'about:config',
];

describe.skipIf(lack !== undefined)(`walls of the browser${lack ? ` [${lack}]` : ''}`, () => {
  let site: Site;
  /** What no page may reach. */
  let secret: Site;
  let rig: BrowserRig;

  beforeAll(async () => {
    secret = await Site.start({ '/': 'the secret' });
    const host = `127.0.0.1:${secret.port}`;
    const way = (name: string): string =>
      `<!doctype html><title>${name}</title>${WAYS[name] ?? ''}`
        .replaceAll('TARGET', secret.url)
        .replaceAll('HOST', host);
    site = await Site.start({
      '/way': (request, response) =>
        response
          .writeHead(200, {
            'content-type': 'text/html',
            'reporting-endpoints': `default="${secret.url}/report"`,
            'content-security-policy-report-only': `script-src 'none'; report-uri ${secret.url}/csp`,
            link: `<${secret.url}/linked>; rel=preload; as=image`,
          })
          .end(way(decodeURIComponent((request.url ?? '').split('?')[1] ?? ''))),
      '/to': (request, response) =>
        response.writeHead(302, { location: (request.url ?? '').split('?')[1] ?? '/' }).end(),
      '/reporting': (_request, response) => response.writeHead(200).end(),
      '/sw.js': (_request, response) =>
        response
          .writeHead(200, { 'content-type': 'text/javascript' })
          .end(`fetch("${secret.url}/sw",{mode:"no-cors"})`),
      '/page': '<title>A page</title><h1>Page</h1>',
    });
    rig = BrowserRig.make([`127.0.0.1:${site.port}`], {}, { 'intern.example': '127.0.0.1' });
  });

  afterAll(async () => {
    await rig[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
    await secret[Symbol.asyncDispose]();
  });

  it.each(Object.keys(WAYS))('let no page reach a private address by %s', async (name) => {
    const targetUrl = `${site.url}/way?${encodeURIComponent(name)}`;
    await rig.text({ action: 'navigate', targetUrl });
    await rig.act({ kind: 'wait' });
    expect(site.asked).toContain(`/way?${encodeURIComponent(name)}`);
    expect(secret.asked).toEqual([]);
  });

  it(
    'are tried in ways that do reach what may be reached',
    async () => {
      const { port } = secret;
      await using open = BrowserRig.make([`127.0.0.1:${site.port}`, `127.0.0.1:${port}`]);
      const reached: string[] = [];
      for (const name of Object.keys(WAYS)) {
        await open.text({ action: 'navigate', targetUrl: `${site.url}/way?${encodeURIComponent(name)}` });
        await open.act({ kind: 'wait' });
        const mine = secret.asked.splice(0).filter((url) => !['/linked', '/csp', '/report'].includes(url));
        if (mine.length > 0) reached.push(name);
      }
      // What plain http has not, or the browser does not do at all.
      const never = ['preconnecting', 'web transport', 'a service worker', 'a report', 'a ping', 'a window'];
      const missing = Object.keys(WAYS).filter((name) => !reached.includes(name) && !never.includes(name));
      expect(missing).toEqual([]);
    },
    ALL_WAYS_LIMIT_MS,
  );

  it.each(ADDRESSES)('let nobody open %s', async (address) => {
    const targetUrl = address.replace('PORT', String(secret.port));
    const result = await rig.call({ action: 'navigate', targetUrl });
    expect(result.isError).toBe(true);
    expect(secret.asked).toEqual([]);
  });

  it('follow no redirect to a private address, and say why', async () => {
    const targetUrl = `${site.url}/to?${secret.url}/`;
    expect(await rig.text({ action: 'navigate', targetUrl })).toContain('SSRF protection');
    expect(secret.asked).toEqual([]);
  });

  it('tell which parts of a page were refused', async () => {
    const told = await rig.text({ action: 'navigate', targetUrl: `${site.url}/way?a%20picture` });
    expect(told).toContain(`Refused ${secret.url}/img: SSRF protection`);
  });

  it.each(['file:///etc/passwd', 'chrome://version', 'view-source:http://a.example/', 'chrome://gpucrash'])(
    'let no script of a page open %s',
    async (address) => {
      await rig.text({ action: 'navigate', targetUrl: `${site.url}/page` });
      const fn = `window.open(${JSON.stringify(address)}); location.href = ${JSON.stringify(address)}; 1`;
      await rig.value(fn);
      await rig.act({ kind: 'wait' });
      const tabs = JSON.parse((await rig.text({ action: 'tabs' })).split('\n')[0] ?? '') as { url: string }[];
      expect(tabs.map((tab) => tab.url).filter((url) => !/^(http:|about:blank|:?$)/.test(url))).toEqual([]);
      await rig.text({ action: 'stop' });
    },
  );

  it('keep users, agents and conversations apart', async () => {
    const targetUrl = `${site.url}/page`;
    await rig.text({ action: 'navigate', targetUrl });
    await rig.value(`document.cookie = 'a=mine'; localStorage.x = 'mine'; 1`);
    const others = [
      { caller: callerOf('bob') },
      { agent: { id: 'agent-2', key: 'other' } },
      { session: { id: 'session-2', key: 'agent:main:ws:direct:ann:2' } },
      { session: { key: 'agent:main:ws:direct:ann' } },
    ];
    for (const run of others) {
      expect(await rig.text({ action: 'tabs', targetId: 't1' }, run)).toContain('No page is open');
      await rig.text({ action: 'navigate', targetUrl }, run);
      expect(await rig.value(`document.cookie + String(localStorage.x)`, run)).toBe('"undefined"');
    }
    expect(await rig.value('document.cookie + localStorage.x')).toBe('"a=minemine"');
  });

  it('give the browser nothing of the environment of the gateway', async () => {
    await rig.text({ action: 'navigate', targetUrl: `${site.url}/page` });
    const { readdir, readFile } = await import('node:fs/promises');
    const environments = await Promise.all(
      (await readdir('/proc'))
        .filter((name) => /^\d+$/.test(name))
        .map(async (pid) => {
          const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
          return command.includes(`goclaw-browser-${process.pid}-`)
            ? readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
            : '';
        }),
    );
    const all = environments.join('\n');
    expect(all).toContain('TZ=UTC');
    expect(all).not.toMatch(/GOCLAW|VITEST|NODE_ENV/);
  });

  it('act on what a snapshot showed and nothing else after the page changed', async () => {
    await rig.text({ action: 'navigate', targetUrl: `${site.url}/page` });
    const ref = refOf(await rig.text({ action: 'snapshot' }), 'heading');
    await rig.text({ action: 'navigate', targetUrl: `${site.url}/way?a%20picture` });
    await rig.text({ action: 'snapshot' });
    expect(await rig.act({ kind: 'click', ref })).toContain('Take a snapshot');
  });
});

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { browserLack } from '../../test/support/browser/run-page.js';
import { BrowserRig, refOf, unwrapped } from './browser.fixture.js';
import { Site } from './site.fixture.js';

const lack = browserLack();
const WAIT_LIMIT = { timeout: 20_000, interval: 50 };

const SHOP = `<!doctype html><title>The shop</title><h1>Welcome</h1>
<p>Fresh <b>pears</b> today</p>
<form onsubmit="event.preventDefault(); document.title = 'Ordered ' + n.value">
<input id="n" aria-label="Number" value="1"><button>Order</button></form>
<a href="/about">About</a><a href="/about">About</a>
<label>Size <select aria-label="Size"><option>small</option><option>large</option></select></label>
<div style="cursor:pointer" onclick="console.log('clicked the box')">Box</div>
<button ondblclick="document.title='twice'">Twice</button>
<iframe srcdoc="<button onclick='parent.document.title=&quot;from inside&quot;'>Inside</button>"></iframe>
<span onmouseover="this.textContent='hovered'">calm</span>`;

describe.skipIf(lack !== undefined)(`the tool browser${lack ? ` [${lack}]` : ''}`, () => {
  let site: Site;
  let rig: BrowserRig;

  beforeAll(async () => {
    site = await Site.start({
      '/': SHOP,
      '/about': '<title>About us</title><h1>About</h1>',
      '/console': `<script>console.log('one'); console.warn('two'); setTimeout(() => { throw new Error('three') })</script>`,
      '/late': `<p id=a>soon</p><script>setTimeout(() => { a.textContent = 'now it is there' }, 300)</script>`,
      '/dialog': `<button onclick="document.title = String(confirm('Really?'))">Ask</button>`,
      '/popup': `<button onclick="window.open('/about')">Open</button>`,
      '/tall':
        '<body style="margin:0"><div style="height:20000px;background:linear-gradient(red,blue)"></div>',
      '/file': (_request, response) =>
        response.writeHead(200, { 'content-disposition': 'attachment; filename=x.bin' }).end('bytes'),
    });
    rig = BrowserRig.make([`127.0.0.1:${site.port}`]);
  });

  afterAll(async () => {
    await rig[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });

  const open = (path: string): Promise<string> =>
    rig.text({ action: 'navigate', targetUrl: `${site.url}${path}` });
  const snapshot = (options: object = {}): Promise<string> => rig.text({ action: 'snapshot', ...options });
  const title = async (): Promise<string> => rig.value('document.title');

  it('says what to do before there is a page', async () => {
    expect(await rig.text({ action: 'status' })).toBe('{"running":false,"tabs":0}');
    const result = await rig.call({ action: 'snapshot' });
    expect(result.isError).toBe(true);
    expect(await snapshot()).toContain('Open one first');
    expect(await rig.text({ action: 'stop' })).toBe('No browser was running.');
  });

  it('starts by itself, opens a page and says what came of it', async () => {
    expect(JSON.parse(await open('/'))).toEqual({
      targetId: 't1',
      url: `${site.url}/`,
      title: 'The shop',
      status: 200,
    });
    expect(await rig.text({ action: 'status' })).toBe(`{"running":true,"tabs":1,"url":"${site.url}/"}`);
    expect(await rig.text({ action: 'start' })).toContain('is running');
  });

  it('shows a page as text with refs for what can be used, also in frames', async () => {
    await open('/');
    const text = await snapshot();
    expect(text).toMatch(/^URL: .*\nTargetID: t1\nStats: \d+ lines, \d+ refs/);
    expect(unwrapped(text)).toMatch(/^Page: The shop\n\n- heading/);
    expect(text).toMatch(/- heading "Welcome" \[ref=(f\d+)?e\d+\] \[level=1\]/);
    expect(text).toContain('- paragraph: "Fresh pears today"');
    expect(text).toMatch(/- textbox "Number" \[ref=(f\d+)?e\d+\]: "1"/);
    expect(text).toMatch(/- link "About" \[ref=(f\d+)?e\d+\] \[nth=1\]/);
    expect(text).toMatch(/- generic \[ref=(f\d+)?e\d+\]: "Box"/);
    expect(text).toMatch(/- button "Inside" \[ref=f\d+e\d+\]/);
  });

  it('shows less when less is asked for', async () => {
    await open('/');
    const interactive = await snapshot({ interactive: true });
    expect(interactive).toContain('button "Order"');
    expect(interactive).not.toContain('heading');
    expect(await snapshot({ maxChars: 100 })).toContain('[...TRUNCATED]\n<<<END');
    expect(await snapshot({ depth: 1 })).not.toContain('option');
    expect((await snapshot({ compact: true })).length).toBeLessThanOrEqual((await snapshot()).length);
  });

  it('types, submits, clicks, presses, hovers and chooses by ref', async () => {
    await open('/');
    const text = await snapshot();
    await rig.act({ kind: 'type', ref: refOf(text, 'textbox "Number"'), text: '12', submit: true });
    expect(await title()).toBe('"Ordered 12"');
    await rig.act({ kind: 'type', ref: `@${refOf(text, 'textbox "Number"')}`, text: '34', slowly: true });
    await rig.act({ kind: 'press', key: 'Enter' });
    expect(await title()).toBe('"Ordered 1234"');
    await rig.act({ kind: 'click', ref: `ref=${refOf(text, 'button "Twice"')}`, doubleClick: true });
    expect(await title()).toBe('"twice"');
    await rig.act({ kind: 'click', ref: refOf(text, 'button "Inside"') });
    expect(await title()).toBe('"from inside"');
    await rig.act({ kind: 'type', ref: refOf(text, 'combobox "Size"'), text: 'large' });
    expect(await rig.value(`document.querySelector('select').value`)).toBe('"large"');
    await rig.act({ kind: 'click', ref: refOf(text, '"Box"') });
    expect(await rig.text({ action: 'console' })).toContain('clicked the box');
  });

  it('evaluates expressions, functions and statements, with an element where a ref is given', async () => {
    await open('/');
    const ref = refOf(await snapshot(), 'heading "Welcome"');
    expect(await rig.value('1 + 1')).toBe('2');
    expect(await rig.value('async () => ({ a: [1, null] })')).toBe('{"a":[1,null]}');
    expect(await rig.value('const a = 2; return a * 3')).toBe('6');
    expect(unwrapped(await rig.act({ kind: 'evaluate', fn: '(el) => el.tagName', ref }))).toBe('"H1"');
    expect(await rig.value('nothing.here')).toContain('nothing is not defined');
    expect(await rig.value(`'x'.repeat(50000)`)).toContain('characters left out');
  });

  it('refuses refs and pages that there are not, and says where they come from', async () => {
    await open('/');
    expect(await rig.act({ kind: 'click', ref: 'e9999' })).toContain('Take a snapshot');
    expect(await rig.act({ kind: 'click', ref: 'css=button' })).toContain('is no ref');
    expect(await rig.act({ kind: 'click' })).toContain('click needs request.ref');
    expect(await rig.text({ action: 'snapshot', targetId: 't77' })).toContain('open are: t1');
    expect(await rig.text({ action: 'open' })).toContain('needs targetUrl');
    expect(await rig.text({ action: 'act' })).toContain('needs request');
  });

  it('waits for text, its end, an address, a time, and for the page to be quiet', async () => {
    await open('/late');
    expect(await rig.act({ kind: 'wait', text: 'now it is there' })).toBe('The text is there.');
    expect(await rig.act({ kind: 'wait', textGone: 'soon' })).toBe('The text is gone.');
    expect(await rig.act({ kind: 'wait', url: '/late' })).toBe('The address is reached.');
    expect(await rig.act({ kind: 'wait', timeMs: 10 })).toBe('Waited 10 ms.');
    expect(await rig.act({ kind: 'wait' })).toBe('The page is quiet.');
    const missing = { kind: 'wait', text: 'never comes' };
    expect(await rig.text({ action: 'act', request: missing, timeoutMs: 200 })).toContain(
      'not done within 0.2 s',
    );
  });

  it('reads the console once, with errors of the page', async () => {
    await open('/console');
    await rig.act({ kind: 'wait' });
    const lines = unwrapped(await rig.text({ action: 'console' }));
    expect(JSON.parse(lines)).toEqual([
      { level: 'log', text: 'one' },
      { level: 'warning', text: 'two' },
      { level: 'error', text: 'Error: three' },
    ]);
    expect(unwrapped(await rig.text({ action: 'console' }))).toBe('[]');
  });

  it('returns a screenshot as a picture, of a whole page as far as a picture can hold it', async () => {
    await open('/tall');
    const { content, isError } = await rig.call({ action: 'screenshot' });
    expect(isError).toBe(false);
    expect(content.map((part) => part.type)).toEqual(['text', 'image']);
    const seen = jpegSize(content[1]);
    expect(seen).toEqual({ width: 1280, height: 800 });
    const whole = await rig.call({ action: 'screenshot', fullPage: true });
    expect(jpegSize(whole.content[1])).toEqual({ width: 1280, height: 6000 });
    expect(JSON.stringify(whole.content[0])).toContain('larger than the picture');
  });

  it('dismisses dialogs and tells of them', async () => {
    await open('/dialog');
    const told = await rig.act({ kind: 'click', ref: refOf(await snapshot(), 'button "Ask"') });
    expect(told).toContain('confirm dialog, which was dismissed: "Really?"');
    expect(await title()).toBe('"false"');
  });

  it('keeps pages apart by targetId, popups among them, and closes them', async () => {
    await open('/popup');
    const ref = refOf(await snapshot(), 'button "Open"');
    await rig.act({ kind: 'click', ref });
    const titled = (wanted: readonly string[]) =>
      vi.waitFor(async () => {
        const all = JSON.parse(await rig.text({ action: 'tabs' })) as { targetId: string; title: string }[];
        expect(all.map((tab) => tab.title)).toEqual(wanted);
        return all;
      }, WAIT_LIMIT);
    await titled(['', 'About us']);
    await rig.text({ action: 'open', targetUrl: `${site.url}/` });
    const tabs = await titled(['', 'About us', 'The shop']);
    const about = tabs.find((tab) => tab.title === 'About us')?.targetId;
    expect(await rig.text({ action: 'snapshot', targetId: about })).toContain('heading "About"');
    for (const { targetId } of tabs.slice(1)) await rig.text({ action: 'close', targetId });
    expect(JSON.parse(await rig.text({ action: 'tabs' }))).toHaveLength(1);
  });

  it('takes no downloads, and says so', async () => {
    await open('/');
    expect(await open('/file')).toMatch(/download/);
  });

  it('says what is wrong with an address that does not work', async () => {
    expect(await open('/missing')).toContain('"status":404');
    expect(await rig.text({ action: 'navigate', targetUrl: 'not an address' })).toContain('is no address');
    expect(await rig.text({ action: 'navigate', targetUrl: 'https://nowhere.invalid/' })).toMatch(
      /cannot be reached|not found/,
    );
    expect(await open('/')).toContain('The shop');
  });

  it('does what is asked for at once in the order of its asking', async () => {
    const [, text] = await Promise.all([open('/about'), snapshot()]);
    expect(text).toContain('Page: About us');
  });

  it('forgets everything when it is stopped', async () => {
    await open('/');
    await rig.value(`document.cookie = 'a=1'`);
    expect(await rig.text({ action: 'stop' })).toBe('The browser was stopped.');
    await open('/');
    expect(await rig.value('document.cookie')).toBe('""');
  });
});

/** From the frame header of a JPEG. */
function jpegSize(part: unknown): { width: number; height: number } {
  const { url } = part as { url: string };
  const bytes = Buffer.from(url.split(',')[1] ?? '', 'base64');
  for (let at = 2; at < bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xc2)
      return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
  }
  throw new Error('no JPEG');
}

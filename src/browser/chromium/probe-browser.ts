import type { BrowserSettings } from '../browser.config.js';
import { chromiumLack, findChromium } from './chromium-path.js';
import { ChromiumProcess, type ChromiumStart } from './chromium-process.js';

const ANSWER_TIMEOUT_MS = 10_000;
const PRODUCT = /"product":"([^"]{1,100})"/;

/** How the browser of a gateway is. */
export type BrowserFinding =
  | { readonly kind: 'off' }
  | { readonly kind: 'missing'; readonly remedy: string }
  /** It starts; without its sandbox where the system has no user namespaces, which only root may do. */
  | { readonly kind: 'works'; readonly path: string; readonly version: string; readonly sandbox: boolean }
  | { readonly kind: 'broken'; readonly path: string; readonly reason: string };

type Answer = { readonly version: string } | { readonly reason: string };

/** Starts the browser for a moment, as the gateway would. */
export async function probeBrowser({
  enabled,
  executable_path: configured,
  headless,
  display,
}: Readonly<BrowserSettings>): Promise<BrowserFinding> {
  if (!enabled) return { kind: 'off' };
  const path = await findChromium(configured);
  if (path === undefined) return { kind: 'missing', remedy: chromiumLack(configured) };
  let reason = '';
  for (const sandbox of process.getuid?.() === 0 ? [true, false] : [true]) {
    const asked = await ask({ executable: path, headless, sandbox, display });
    if ('version' in asked) return { kind: 'works', path, version: asked.version, sandbox };
    reason = asked.reason;
  }
  return { kind: 'broken', path, reason };
}

async function ask(terms: ChromiumStart): Promise<Answer> {
  let browser: ChromiumProcess;
  try {
    browser = await ChromiumProcess.start(terms);
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
  try {
    return await Promise.race([
      versionOf(browser),
      browser.ended.then(() => ({ reason: browser.lastWords.split('\n').at(-1) || 'it ended at once' })),
    ]);
  } finally {
    browser.kill();
    await browser.ended;
  }
}

function versionOf({ toBrowser, fromBrowser }: ChromiumProcess): Promise<Answer> {
  return new Promise((resolve) => {
    let said = '';
    const late = setTimeout(() => resolve({ reason: 'it does not answer' }), ANSWER_TIMEOUT_MS);
    // That it ended is seen by its end.
    toBrowser.on('error', () => undefined);
    fromBrowser.on('error', () => undefined);
    fromBrowser.once('close', () => clearTimeout(late));
    fromBrowser.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
      const version = PRODUCT.exec(said)?.[1];
      if (version !== undefined) resolve({ version });
    });
    toBrowser.write('{"id":1,"method":"Browser.getVersion"}\0');
  });
}

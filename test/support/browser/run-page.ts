import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';

const CHROMIUM = '/usr/bin/chromium';
const REPORT_LIMIT_MS = 40_000;
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Why no browser test can run here; `undefined` when one can. CI must have a browser. */
export function browserLack(): string | undefined {
  return existsSync(CHROMIUM) || process.env['CI'] === 'true' ? undefined : `${CHROMIUM} is not installed`;
}

/**
 * Opens a page in a real browser. It is served at its own origin beside the files of `dist/`; its script ends by
 * calling `report(value)`, which is what this resolves with.
 */
export async function runPage(script: (origin: string) => string): Promise<unknown> {
  const reported = Promise.withResolvers<unknown>();
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        reported.resolve(JSON.parse(body));
        response.end();
      });
    } else if (request.url === '/') {
      response.setHeader('content-type', 'text/html').end(pageOf(script(origin)));
    } else {
      sendFile(request.url ?? '', response);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const profile = mkdtempSync(join(tmpdir(), 'goclaw-browser-'));
  const browser = spawn(CHROMIUM, [...FLAGS, `--user-data-dir=${profile}`, `${origin}/`], {
    stdio: 'ignore',
  });
  browser.once('error', reported.reject);
  const limit = setTimeout(
    () => reported.reject(new Error('the page did not report in time')),
    REPORT_LIMIT_MS,
  );
  try {
    return await reported.promise;
  } finally {
    clearTimeout(limit);
    const gone = once(browser, 'exit');
    browser.kill();
    await gone;
    server.close();
    server.closeAllConnections();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function pageOf(script: string): string {
  const imports = { '#protocol': '/libs/protocol/index.js', '#client': '/libs/client/index.js' };
  return `<!doctype html><meta charset="utf-8">
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module">
const report = (value) => fetch('/report', { method: 'POST', body: JSON.stringify(value) });
try { ${script} } catch (error) { report({ error: String(error) }); }
</script>`;
}

function sendFile(url: string, response: ServerResponse): void {
  const path = join('dist', normalize(`/${url}`));
  if (!existsSync(path) || !path.endsWith('.js')) return void response.writeHead(404).end();
  response.setHeader('content-type', 'text/javascript').end(readFileSync(path));
}

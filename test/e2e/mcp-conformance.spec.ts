import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CredentialProxy, startCredentialProxy } from '../support/credential-proxy.js';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';

const require = createRequire(import.meta.url);
const CONFORMANCE = join(
  dirname(require.resolve('@modelcontextprotocol/conformance/package.json')),
  'dist/index.js',
);

let gateway: RunningGateway;
let proxy: CredentialProxy;
let results: string;

beforeAll(async () => {
  gateway = await startGateway();
  proxy = await startCredentialProxy(gateway.url, gateway.headers());
  results = mkdtempSync(join(tmpdir(), 'goclaw-conformance-'));
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  rmSync(results, { recursive: true, force: true });
});

function run(scenario: string): Promise<{ passed: boolean; output: string }> {
  const args = [CONFORMANCE, 'server', '--url', `${proxy.url}/mcp`, '--scenario', scenario];
  return new Promise((done) => {
    execFile(process.execPath, args, { cwd: results, timeout: 60_000 }, (error, stdout, stderr) =>
      done({ passed: error === null, output: `${stdout}${stderr}` }),
    );
  });
}

/**
 * The others call tools, prompts and resources of the suite's own example server; `dns-rebinding-protection` is for
 * servers without authentication, and here every request needs a credential that no page has.
 */
describe('The suite of the Model Context Protocol', () => {
  it.each(['server-initialize', 'ping', 'tools-list', 'server-sse-multiple-streams', 'server-sse-polling'])(
    'passes %s',
    async (scenario) => {
      const { passed, output } = await run(scenario);
      expect(passed, output).toBe(true);
    },
  );
});

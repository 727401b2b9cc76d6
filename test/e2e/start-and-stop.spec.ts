import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'goclaw-start-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** Runs `goclaw serve` to its end: for starts that are refused. */
async function refused(
  config: string,
  env: Record<string, string> = {},
): Promise<{ code: number; text: string }> {
  const path = join(dataDir, 'config.json');
  writeFileSync(path, config);
  const child = spawn(process.execPath, ['dist/src/main.js', 'serve', '--config', path], {
    env: {
      PATH: process.env['PATH'],
      GOCLAW_DATA_DIR: join(dataDir, 'data'),
      GOCLAW_DISCOVERY: 'false',
      GOCLAW_PORT: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, text };
}

describe('a start', () => {
  it('generates a token once, shows it once, and keeps it readable by its owner alone', async () => {
    const env = { GOCLAW_GATEWAY_TOKEN: '' };
    const first = await startGateway({ dataDir, env });
    const token = readFileSync(join(dataDir, 'gateway-token'), 'utf8').trim();
    expect(first.output).toContain(token);
    expect(statSync(join(dataDir, 'gateway-token')).mode & 0o777).toBe(0o600);
    await first.stop();
    const second = await startGateway({ dataDir, env });
    expect(second.output).not.toContain(token);
    expect(second.output).toContain('gateway-token');
    const answer = await fetch(`${second.url}/v1/models`, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
    await second.stop();
  });

  it('shows where it is, how it runs, and what to set when no model is there', async () => {
    await using gateway = await startGateway();
    expect(gateway.output).toContain(gateway.url);
    expect(gateway.output).toContain('standalone, embedded database');
    expect(gateway.output).toContain(gateway.dataDir);
    expect(gateway.output).toMatch(/none yet.*GOCLAW_<NAME>_API_KEY/s);
    expect(gateway.logs).toMatch(/"database \(\d+ ms\)"/);
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { ...gateway.headers(), 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'hi' }] }),
    });
    expect(await answer.text()).toContain('GOCLAW_ANTHROPIC_API_KEY');
  });

  it('is refused on an address that others can reach without a configured token', async () => {
    const { code, text } = await refused('{}', { GOCLAW_HOST: '0.0.0.0' });
    expect(code).toBe(1);
    expect(text).toContain('GOCLAW_GATEWAY_TOKEN');
  });

  it('is refused by a broken configuration, with every issue and its place', async () => {
    const broken = await refused(
      '{ gateway: { port: 99999, prot: 1 }, agents: { defaults: { model: 7 } }, }',
    );
    expect(broken.code).toBe(1);
    expect(broken.text).toMatch(/gateway\.prot: unknown key; did you mean "port"\?/);
    expect(broken.text).toContain('agents.defaults.model');
    const invalid = await refused('{ gateway: ');
    expect(invalid.text).toContain('not valid JSON5');
  });

  it('is refused on a port in use, naming it', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { code, text } = await refused('{}', { GOCLAW_PORT: String(port) });
    expect(code).toBe(1);
    expect(text).toMatch(new RegExp(`Port ${port}.*GOCLAW_PORT`));
    taken.close();
  });

  it('is refused on a data directory that another gateway uses, naming its process', async () => {
    await using gateway = await startGateway();
    const { code, text } = await refused('{}', { GOCLAW_DATA_DIR: gateway.dataDir });
    expect(code).toBe(1);
    expect(text).toContain(`process ${gateway.pid}`);
    expect(text).toContain('GOCLAW_DATA_DIR');
  });

  it('is refused by a database that is not there, and says what to do', async () => {
    const { code, text } = await refused('{}', {
      GOCLAW_POSTGRES_DSN: 'postgres://nobody@127.0.0.1:1/none',
      GOCLAW_GATEWAY_TOKEN: '',
    });
    expect(code).toBe(1);
    expect(text).toMatch(/GOCLAW_POSTGRES_DSN does not answer.*Start it/);
  });

  it('is refused by a data directory that it cannot use', async () => {
    const file = join(dataDir, 'file');
    writeFileSync(file, '');
    const { code, text } = await refused('{}', { GOCLAW_DATA_DIR: join(file, 'data') });
    expect(code).toBe(1);
    expect(text).toContain('GOCLAW_DATA_DIR');
  });

  it('uses a secret found in the file, warns about it, and never writes it anywhere', async () => {
    await using gateway = await startGateway({
      config: { gateway: { token: 'canary-token-in-the-file' } },
      env: { GOCLAW_GATEWAY_TOKEN: '' },
    });
    const headers = { authorization: 'Bearer canary-token-in-the-file' };
    expect((await fetch(`${gateway.url}/v1/models`, { headers })).status).toBe(200);
    expect(gateway.logs).toContain('gateway.token is a secret in the configuration file');
    expect(gateway.logs + gateway.output).not.toContain('canary-token-in-the-file');
    const written = readdirSync(gateway.dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => readFileSync(path).includes('canary-token-in-the-file'));
    expect(written).toEqual([gateway.configPath]);
  });

  it('reads .env.local beside the configuration, and the environment wins', async () => {
    const lines = ['GOCLAW_OPENAI_API_KEY=key-of-the-file', 'GOCLAW_GATEWAY_TOKEN=token-of-the-file-0123'];
    writeFileSync(join(dataDir, '.env.local'), lines.join('\n'));
    const gateway = await startGateway({ dataDir });
    expect(gateway.output).toMatch(/Providers +openai/);
    expect((await fetch(`${gateway.url}/v1/models`, { headers: gateway.headers() })).status).toBe(200);
    await gateway.stop();
  });
});

describe('a stop', () => {
  it('lets a run end, answers it, and exits with 0', async () => {
    await using llm = await ScriptedLlm.start();
    await using gateway = await startGateway({ llm });
    const gate = llm.gate();
    const answer = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { ...gateway.headers(), 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'hi' }] }),
    });
    await gate.reached;
    const stopped = gateway.stop();
    await expect
      .poll(async () => (await fetch(`${gateway.url}/health/ready`).catch(() => undefined))?.status)
      .toBe(503);
    gate.release('in time');
    expect(await (await answer).text()).toContain('in time');
    expect(await stopped).toBe(0);
    expect(gateway.logs).toMatch(/"runs \(\d+ ms\)"/);
  });
});

describe('kill -9 in mid-run', () => {
  it('leaves a transcript that the next start continues', async () => {
    await using llm = await ScriptedLlm.start();
    const body = (text: string): RequestInit => ({
      method: 'POST',
      headers: {
        authorization: 'Bearer test-token-0123456789',
        'content-type': 'application/json',
        'x-goclaw-session-key': 'kept',
      },
      body: JSON.stringify({ messages: [{ role: 'user', content: text }] }),
    });
    const first = await startGateway({ llm, dataDir });
    llm.reply('I am fine.');
    await fetch(`${first.url}/v1/chat/completions`, body('how are you?'));
    llm.replyToolCalls([{ name: 'list_files', arguments: {} }]);
    const gate = llm.gate();
    const lost = fetch(`${first.url}/v1/chat/completions`, body('look around')).catch(() => undefined);
    await gate.reached;
    await first.kill();
    await lost;
    const second = await startGateway({ llm, dataDir });
    llm.reply('Where were we?');
    const answer = await fetch(`${second.url}/v1/chat/completions`, body('and now?'));
    expect(await answer.text()).toContain('Where were we?');
    const asked = JSON.stringify(llm.requests.at(-1)?.messages);
    for (const known of ['how are you?', 'I am fine.', 'look around', 'list_files', 'and now?']) {
      expect(asked).toContain(known);
    }
    await second.stop();
  });
});

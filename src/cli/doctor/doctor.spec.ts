import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { testConfig } from '../cli-context.fixture.js';
import { checkConfiguration, explainConfigError } from './configuration-check.js';
import { checkDataDirectory } from './data-directory-check.js';
import { checkNode } from './node-check.js';
import { checkPort } from './port-check.js';
import { checkWorkspaces } from './workspace-check.js';

const directory = mkdtempSync(join(tmpdir(), 'goclaw-doctor-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('Node', () => {
  it.each([
    ['24.1.0', 'ok'],
    ['22.12.0', 'warning'],
    ['20.10.0', 'problem'],
  ])('%s is %s', (version, level) => {
    expect(checkNode(version)).toMatchObject({ level });
  });

  it('that is too old has a remedy', () => {
    expect(checkNode('18.0.0').remedy).toContain('https://nodejs.org');
  });
});

describe('the configuration', () => {
  it('that holds a secret is warned about, without the secret', () => {
    const config = testConfig({ config: { providers: { openai: { api_key: 'sk-canary' } } } });
    const findings = checkConfiguration(config);
    expect(findings.map(({ level }) => level)).toEqual(['ok', 'warning']);
    expect(findings[1]).toMatchObject({ message: expect.stringContaining('providers.openai.api_key') });
    expect(findings[1]?.remedy).toContain(config.path);
    expect(JSON.stringify(findings)).not.toContain('canary');
  });

  it('that cannot be used has one problem for each error', () => {
    const text = '{ gateway: { port: -1, hots: "x" } }';
    const findings = explainConfigError(errorOf(() => testConfig({ configText: text })));
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^gateway\.\w+: /),
      expect.stringMatching(/^gateway\.\w+: /),
    ]);
    expect(findings.every(({ level, remedy }) => level === 'problem' && remedy !== undefined)).toBe(true);
  });
});

describe('the data directory', () => {
  it('that does not exist yet is fine and is not created', async () => {
    const [finding, disk] = await checkDataDirectory(join(directory, 'not/yet'));
    expect(finding).toMatchObject({ level: 'ok', message: expect.stringContaining('will be created') });
    expect(disk).toMatchObject({ check: 'disk' });
    await expect(checkDataDirectory(join(directory, 'not/yet'))).resolves.toMatchObject([finding, disk]);
  });

  it('that others can read is warned about', async () => {
    const open = join(directory, 'open');
    mkdirSync(open);
    chmodSync(open, 0o755);
    const findings = await checkDataDirectory(open);
    expect(findings[1]).toMatchObject({ level: 'warning', remedy: `chmod 700 '${open}'` });
    chmodSync(open, 0o700);
    expect((await checkDataDirectory(open)).map(({ check }) => check)).toEqual(['data directory', 'disk']);
  });

  it('that lies below a file is a problem', async () => {
    writeFileSync(join(directory, 'file'), '');
    expect(await checkDataDirectory(join(directory, 'file/data'))).toMatchObject([
      { level: 'problem', message: expect.stringContaining('is not a directory') },
    ]);
  });
});

describe('the workspaces', () => {
  it('are looked at once each', async () => {
    writeFileSync(join(directory, 'occupied'), '');
    const agents = {
      defaults: { workspace: join(directory, 'occupied') },
      list: { a: { workspace: directory }, b: { workspace: directory } },
    };
    expect(await checkWorkspaces(testConfig({ config: { agents } }))).toMatchObject([
      { level: 'problem', remedy: expect.stringContaining('GOCLAW_WORKSPACE') },
      { level: 'ok', message: directory },
    ]);
  });
});

describe('the port', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  const at = (port: number, host = '127.0.0.1') => testConfig({ config: { gateway: { host, port } } });

  async function occupy(): Promise<number> {
    const server = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nhello'));
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  it('that another program has is a problem', async () => {
    const port = await occupy();
    expect(await checkPort(at(port))).toMatchObject([
      { level: 'problem', message: `127.0.0.1:${port} is used by another program` },
    ]);
  });

  it('that is free is fine, and stays free', async () => {
    const port = await occupy();
    servers.pop()?.close();
    expect(await checkPort(at(port))).toMatchObject([{ level: 'ok' }]);
    expect(await checkPort(at(port))).toMatchObject([{ level: 'ok' }]);
  });

  it('of an address that this machine does not have is a problem', async () => {
    const findings = await checkPort(at(18_790, '192.0.2.1'));
    expect(findings.at(-1)).toMatchObject({
      level: 'problem',
      remedy: expect.stringContaining('GOCLAW_HOST'),
    });
  });

  it('on which others could come in needs a configured token', async () => {
    const findings = await checkPort(at(0, '0.0.0.0'));
    expect(findings[0]).toMatchObject({ check: 'listening', level: 'problem' });
    expect(findings[0]?.remedy).toContain('GOCLAW_GATEWAY_TOKEN');
  });
});

function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('It should have failed.');
}

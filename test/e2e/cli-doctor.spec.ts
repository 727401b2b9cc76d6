import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli/index.js';
import { startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import {
  createRestrictedDatabase,
  createTestDatabase,
  describeWithPostgres,
} from '../support/postgres/index.js';

const KEY = 'canary-of-the-provider';
const directory = mkdtempSync(join(tmpdir(), 'goclaw-cli-doctor-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Report {
  code: number | null;
  ok: boolean;
  findings: { check: string; level: string; message: string; remedy?: string }[];
}

let count = 0;

/** A configuration of its own, so that nothing of this machine is looked at. */
function machine(config: object = {}): { env: Record<string, string>; dataDir: string } {
  const base = join(directory, `${++count}`);
  const path = `${base}.json`;
  writeFileSync(path, JSON.stringify({ discovery: { enabled: false }, gateway: { port: 0 }, ...config }));
  const workspace = join(base, 'workspace');
  const dataDir = join(base, 'data');
  return { dataDir, env: { GOCLAW_CONFIG: path, GOCLAW_DATA_DIR: dataDir, GOCLAW_WORKSPACE: workspace } };
}

async function doctor(env: Record<string, string>): Promise<Report> {
  const { code, stdout, stderr } = await runCli(['doctor', '--json'], { env });
  expect(stderr).toBe('');
  expect(stdout).not.toContain(KEY);
  return { code, ...(JSON.parse(stdout) as Omit<Report, 'code'>) };
}

const problems = ({ findings }: Report) => findings.filter(({ level }) => level === 'problem');

describe('goclaw doctor', () => {
  it('on a fresh machine names what is missing, with its remedy, and changes nothing', async () => {
    const { env, dataDir } = machine();
    const { code, stdout } = await runCli(['doctor'], { env });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^problem +provider +none can be used.*\n +→ Set one key/m);
    expect(stdout).toMatch(/^ok +database +embedded, will be created/m);
    expect(stdout).toMatch(/^1 problem, 0 warnings, \d ok\.$/m);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('of a managed gateway tells where its providers are, and finds the key that secrets need', async () => {
    const { env, dataDir } = machine({ database: { mode: 'managed' } });
    const { code, findings } = await doctor(env);
    expect(existsSync(dataDir)).toBe(false);
    expect(code).toBe(0);
    expect(findings).toMatchObject([
      { check: 'node' },
      { check: 'configuration', message: expect.stringContaining('managed mode') },
      { check: 'encryption key', level: 'ok' },
      ...['data directory', 'disk', 'database'].map((check) => ({ check })),
      { check: 'provider', level: 'warning', remedy: expect.stringContaining('/v1/providers') },
      ...['port', 'workspace', 'browser'].map((check) => ({ check })),
    ]);
    const broken = await doctor({ ...env, GOCLAW_ENCRYPTION_KEY: 'short' });
    expect(problems(broken)).toMatchObject([{ check: 'encryption key' }]);
  });

  it('finds everything fine beside a running gateway, and leaves its database alone', async () => {
    await using llm = await ScriptedLlm.start({ models: ['m1', 'm2'] });
    await using gateway = await startGateway({ llm });
    const env = {
      GOCLAW_CONFIG: gateway.configPath,
      GOCLAW_DATA_DIR: gateway.dataDir,
      GOCLAW_PORT: new URL(gateway.url).port,
      GOCLAW_OPENAI_API_KEY: KEY,
    };
    const beside = await doctor(env);
    expect(beside).toMatchObject({ code: 0, ok: true });
    expect(beside.findings).toContainEqual({
      check: 'database',
      level: 'ok',
      message: expect.stringContaining(`process ${gateway.pid} `),
    });
    expect(beside.findings).toContainEqual({
      check: 'port',
      level: 'ok',
      message: expect.stringContaining('a GoClaw gateway is running'),
    });
    expect(beside.findings).toContainEqual({
      check: 'provider',
      level: 'ok',
      message: expect.stringMatching(/^openai answers, models: 2/),
    });
    expect((await fetch(`${gateway.url}/health`)).status).toBe(200);

    await gateway.stop();
    const after = await doctor(env);
    expect(after.findings).toContainEqual({
      check: 'database',
      level: 'ok',
      message: 'embedded database, up to date',
    });
    expect(after.findings).toContainEqual({
      check: 'port',
      level: 'ok',
      message: expect.stringContaining('is free'),
    });
  });

  it('names a provider that cannot be reached, and one that refuses the key', async () => {
    await using gone = await ScriptedLlm.start();
    await using strict = await ScriptedLlm.start({ apiKey: 'another-key' });
    await gone.refuse();
    const providers = {
      openai: { api_base: gone.openaiUrl },
      groq: { api_base: strict.openaiUrl },
    };
    const { env } = machine({ providers });
    const report = await doctor({ ...env, GOCLAW_OPENAI_API_KEY: KEY, GOCLAW_GROQ_API_KEY: KEY });
    expect(report).toMatchObject({ code: 1, ok: false });
    expect(problems(report)).toEqual([
      {
        check: 'provider',
        level: 'problem',
        message: expect.stringMatching(/^openai: /),
        remedy: expect.stringContaining(gone.openaiUrl),
      },
      {
        check: 'provider',
        level: 'problem',
        message: expect.stringMatching(/^groq: /),
        remedy: 'Set GOCLAW_GROQ_API_KEY to a valid key.',
      },
    ]);
  });

  it('names an agent whose provider cannot be used', async () => {
    await using llm = await ScriptedLlm.start();
    const { env } = machine({
      providers: { openai: { api_base: llm.openaiUrl } },
      agents: { list: { writer: { provider: 'mistral' } } },
    });
    const report = await doctor({ ...env, GOCLAW_OPENAI_API_KEY: KEY });
    expect(problems(report)).toEqual([
      {
        check: 'agents',
        level: 'problem',
        message: 'agents.list.writer.provider is "mistral", which cannot be used',
        remedy: 'Set GOCLAW_MISTRAL_API_KEY, or name one of: openai.',
      },
    ]);
  });

  it('names a port that another program has', async () => {
    const other = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const report = await doctor({ ...machine().env, GOCLAW_PORT: String(port) });
    other.close();
    expect(problems(report)).toContainEqual({
      check: 'port',
      level: 'problem',
      message: `127.0.0.1:${port} is used by another program`,
      remedy: expect.stringContaining('GOCLAW_PORT'),
    });
  });

  it('explains a configuration that cannot be used', async () => {
    const { env } = machine({ gateway: { prot: 1 } });
    const report = await doctor(env);
    expect(report.code).toBe(1);
    expect(problems(report)).toEqual([
      {
        check: 'configuration',
        level: 'problem',
        message: expect.stringMatching(/^gateway\.prot: unknown key; did you mean "port"/),
        remedy: expect.stringContaining(env['GOCLAW_CONFIG'] ?? ''),
      },
    ]);
  });

  it('names a PostgreSQL that does not answer, without its password', async () => {
    const GOCLAW_POSTGRES_DSN = `postgresql://someone:${KEY}@127.0.0.1:1/goclaw`;
    const report = await doctor({ ...machine().env, GOCLAW_POSTGRES_DSN });
    expect(problems(report)).toContainEqual({
      check: 'database',
      level: 'problem',
      message: expect.stringContaining('does not answer'),
      remedy: expect.stringContaining('psql'),
    });
  });
});

describeWithPostgres('goclaw doctor on PostgreSQL', () => {
  it('tells of pending migrations and of none', async () => {
    const database = await createRestrictedDatabase();
    const env = {
      ...machine().env,
      GOCLAW_POSTGRES_DSN: database.dsn,
      GOCLAW_POSTGRES_MIGRATION_DSN: database.migrationDsn,
    };
    try {
      expect((await doctor(env)).findings).toContainEqual({
        check: 'database',
        level: 'warning',
        message: expect.stringMatching(/^PostgreSQL with pgvector, \d+ migrations pending$/),
        remedy: expect.stringContaining('goclaw migrate up'),
      });
      expect(await runCli(['migrate', 'up'], { env })).toMatchObject({ code: 0 });
      expect((await doctor(env)).findings).toContainEqual({
        check: 'database',
        level: 'ok',
        message: 'PostgreSQL with pgvector, up to date',
      });
    } finally {
      await database.drop();
    }
  });

  it('warns of a role that row security does not hold for', async () => {
    const database = await createTestDatabase();
    const env = { ...machine().env, GOCLAW_POSTGRES_DSN: database.dsn };
    try {
      expect(await runCli(['migrate', 'up'], { env })).toMatchObject({ code: 0 });
      expect((await doctor(env)).findings).toContainEqual({
        check: 'database',
        level: 'warning',
        message: expect.stringContaining('superuser'),
        remedy: expect.stringContaining('docs/data-protection.md'),
      });
    } finally {
      await database.drop();
    }
  });
});

import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseEncryptionKey, SecretBox } from '#crypto';
import { runCli, startCli } from '../support/cli/index.js';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { createTestDatabase, describeWithPostgres, type TestDatabase } from '../support/postgres/index.js';

const OLD = randomBytes(32).toString('hex');
const NEW = randomBytes(32).toString('base64');
const TOKEN = { GOCLAW_GATEWAY_TOKEN: 'test-token-0123456789' };
/** Many enough that a rotation can be killed in its middle. */
const SECRETS = 4_000;

function boxOf(...[key, ...previous]: string[]): SecretBox {
  return new SecretBox(
    parseEncryptionKey(key ?? ''),
    previous.map((text) => parseEncryptionKey(text)),
  );
}

async function startFails(env: Record<string, string>): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'goclaw-key-'));
  try {
    const { code, stdout, stderr } = await runCli(['serve', '--config', join(directory, 'config.json')], {
      env: { ...TOKEN, GOCLAW_DATA_DIR: directory, GOCLAW_PORT: '0', ...env },
    });
    expect(code).toBe(1);
    return stdout + stderr;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

describe('the encryption key of an embedded database', () => {
  it('is made at the first start, for its owner alone, and its loss is told at the next one', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'goclaw-secrets-'));
    try {
      const file = join(dataDir, 'encryption-key');
      const first = await startGateway({ mode: 'managed', dataDir });
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const response = await fetch(`${first.url}/v1/config`, {
        method: 'PATCH',
        headers: { ...first.headers('ann'), 'content-type': 'application/json' },
        body: JSON.stringify({ providers: { openai: { api_key: 'sk-sealed' } } }),
      });
      expect(response.status).toBe(200);
      expect(await first.stop()).toBe(0);
      const key = readFileSync(file, 'utf8');
      expect(first.logs + first.output).not.toContain(key.trim());
      rmSync(file);
      const told = await startFails({ GOCLAW_DATA_DIR: dataDir, GOCLAW_MODE: 'managed' });
      expect(told).toMatch(
        /encryption key is not the one that sealed.*encryption-key in the data directory/s,
      );
      writeFileSync(file, key);
      await using again = await startGateway({ mode: 'managed', dataDir });
      const config = await fetch(`${again.url}/v1/config`, { headers: again.headers('ann') });
      expect(await config.json()).toMatchObject({ config: { providers: { openai: { api_key: '***' } } } });
      expect(existsSync(file)).toBe(true);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  it('of a wrong form is refused without being told', async () => {
    const told = await startFails({ GOCLAW_ENCRYPTION_KEY: 'my-very-own-key' });
    expect(told).toContain('GOCLAW_ENCRYPTION_KEY must be 64 hex digits');
    expect(told).not.toContain('my-very-own-key');
  });
});

describeWithPostgres('secrets on PostgreSQL', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    await using gateway = await start(OLD);
    expect(gateway.url).toContain('http');
    client = new Client({ connectionString: database.dsn });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const start = (key: string, previous?: string): Promise<RunningGateway> =>
    startGateway({ dsn: database.dsn, env: keys(key, previous) });
  const keys = (key: string, previous?: string): Record<string, string> => ({
    GOCLAW_ENCRYPTION_KEY: key,
    ...(previous !== undefined && { GOCLAW_ENCRYPTION_KEY_PREVIOUS: previous }),
  });
  const cli = (key: string, previous?: string): Record<string, string> => ({
    ...TOKEN,
    GOCLAW_POSTGRES_DSN: database.dsn,
    ...keys(key, previous),
  });
  const sealed = async (): Promise<string[]> => {
    const { rows } = await client.query<{ value: string }>('SELECT value FROM config_secrets ORDER BY key');
    return rows.map(({ value }) => value);
  };

  it('without a key the gateway starts, and refuses to store a secret, with the remedy', async () => {
    const other = await createTestDatabase();
    try {
      await using gateway = await startGateway({ dsn: other.dsn });
      const response = await fetch(`${gateway.url}/v1/config`, {
        method: 'PATCH',
        headers: { ...gateway.headers('ann'), 'content-type': 'application/json' },
        body: JSON.stringify({ providers: { openai: { api_key: 'sk-refused' } } }),
      });
      expect(response.status).toBe(412);
      const text = await response.text();
      expect(text).toContain('GOCLAW_ENCRYPTION_KEY');
      expect(text + gateway.logs).not.toContain('sk-refused');
    } finally {
      await other.drop();
    }
  });

  it('are sealed anew by a rotation that is killed in its middle, and goes on; gateways run meanwhile', async () => {
    const box = boxOf(OLD);
    const texts = Array.from({ length: SECRETS }, (_, i) => [`test.${i}`, box.seal(`secret-${i}`)]);
    await client.query(
      'INSERT INTO config_secrets (key, value) SELECT * FROM unnest($1::text[], $2::text[])',
      [texts.map(([key]) => key), texts.map(([, text]) => text)],
    );
    await using gateway = await start(NEW, OLD);
    const killed = startCli(['secrets', 'rotate'], { env: cli(NEW, OLD) });
    await killed.until(/config_secrets\.value: \d+ of/);
    killed.signal('SIGKILL');
    await killed.done;
    const half = (await sealed()).map((text) => boxOf(NEW, OLD).stateOf(text));
    expect(half).toContain('current');
    expect(half).toContain('previous');
    expect(half).not.toContain('unreadable');

    const status = await runCli(['secrets', 'status'], { env: cli(NEW, OLD) });
    expect(status.stdout).toMatch(/config_secrets\.value +\d+ +\d+ +0 +0/);
    expect(status.stdout).toContain('goclaw secrets rotate');

    const interrupted = startCli(['secrets', 'rotate'], { env: cli(NEW, OLD) });
    await interrupted.until(/config_secrets\.value: \d+ of/);
    interrupted.signal('SIGINT');
    const stopped = await interrupted.done;
    expect(stopped.code).toBe(1);
    expect(stopped.stdout).toContain('run "goclaw secrets rotate" again');

    const done = await runCli(['secrets', 'rotate'], { env: cli(NEW, OLD) });
    expect(done.code, done.stdout + done.stderr).toBe(0);
    expect(done.stdout).toMatch(/Done: \d+ secrets, \d+ of them sealed anew/);
    expect(done.stdout).toContain('Remove GOCLAW_ENCRYPTION_KEY_PREVIOUS');
    const after = await sealed();
    expect(new Set(after.map((text) => boxOf(NEW).stateOf(text)))).toEqual(new Set(['current']));
    expect(
      after.map((text) => boxOf(NEW).open(text)).filter((text) => text.startsWith('secret-')),
    ).toHaveLength(SECRETS);
    const { rows } = await client.query(`SELECT FROM audit_log WHERE action = 'secrets.rotate'`);
    expect(rows.length).toBeGreaterThan(0);
    const seen = gateway.logs + done.stdout + done.stderr + stopped.stdout + status.stdout;
    for (const secret of [OLD, NEW, 'secret-1']) expect(seen).not.toContain(secret);
  });

  it('are not sealed anew with another key than the gateways that run have', async () => {
    await using gateway = await start(NEW);
    expect(gateway.url).toContain('http');
    const { code, stderr } = await runCli(['secrets', 'rotate'], { env: cli(OLD, NEW) });
    expect(code).toBe(1);
    expect(stderr).toContain('not the key of the other gateways');
  });

  it('keep a gateway with the old key alone from starting', async () => {
    expect(await startFails({ GOCLAW_POSTGRES_DSN: database.dsn, GOCLAW_ENCRYPTION_KEY: OLD })).toMatch(
      /GOCLAW_ENCRYPTION_KEY that was in use before/,
    );
    expect(await startFails({ GOCLAW_POSTGRES_DSN: database.dsn })).toContain(
      'there is no encryption key to open them',
    );
  });
});

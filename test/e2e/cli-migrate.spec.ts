import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli/index.js';
import { startGateway } from '../support/gateway/index.js';
import { createTestDatabase, describeWithPostgres } from '../support/postgres/index.js';

const directory = mkdtempSync(join(tmpdir(), 'goclaw-cli-migrate-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const env = { GOCLAW_DATA_DIR: join(directory, 'data'), GOCLAW_CONFIG: join(directory, 'config.json') };

const migrate = (...args: string[]) => runCli(['migrate', ...args], { env });

describe('goclaw migrate, step by step on one database', () => {
  it('lists what is pending on a fresh one, and how to apply it', async () => {
    const { code, stdout, stderr } = await migrate('status');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^ {2}pending {2}Core\d+$/m);
    expect(stdout).toMatch(/^(\d+) of \1 pending\. "goclaw migrate up"/m);
  });

  it('goes up, once', async () => {
    expect(await migrate('up')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Applied: Core\d+$/m),
    });
    expect((await migrate('up')).stdout).toContain('Nothing to do');
  });

  it('does not go down unasked where nobody can be asked', async () => {
    const unsure = await runCli(['migrate', 'down'], { env, input: 'y\n' });
    expect(unsure).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('--yes') });
    expect((await migrate('status')).stdout).toMatch(/^Up to date: (\d+) of \1 applied\.$/m);
  });

  it('goes down with --yes', async () => {
    expect(await migrate('down', '--yes')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Taken back: \w+\d+\n$/),
    });
    expect((await migrate('status')).stdout).toContain(' pending.');
  });
});

it('is refused on the database of a running gateway, which goes on', async () => {
  await using gateway = await startGateway();
  for (const args of [['up'], ['status'], ['down', '--yes']]) {
    const { code, stdout, stderr } = await runCli(['migrate', ...args], {
      env: { GOCLAW_DATA_DIR: gateway.dataDir, GOCLAW_CONFIG: gateway.configPath },
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`in use by process ${gateway.pid}`);
    expect(stderr).not.toMatch(/\n\s+at /);
  }
  expect((await fetch(`${gateway.url}/health`)).status).toBe(200);
});

describeWithPostgres('commands that look at the database', () => {
  it('do not migrate it', async () => {
    const database = await createTestDatabase();
    try {
      const pg = { ...env, GOCLAW_POSTGRES_DSN: database.dsn, GOCLAW_ENCRYPTION_KEY: 'ab'.repeat(32) };
      for (const args of [
        ['audit', 'verify'],
        ['secrets', 'status'],
        ['config', 'reset', '--yes'],
      ]) {
        const { code, stdout, stderr } = await runCli(args, { env: pg });
        expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
        expect(stderr).toContain('run "goclaw migrate up"');
      }
      expect((await runCli(['migrate', 'status'], { env: pg })).stdout).not.toContain('applied  ');
    } finally {
      await database.drop();
    }
  });
});

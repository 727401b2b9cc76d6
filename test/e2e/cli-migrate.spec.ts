import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runCli } from '../support/cli/index.js';
import { startGateway } from '../support/gateway/index.js';

const directory = mkdtempSync(join(tmpdir(), 'goclaw-cli-migrate-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const env = { GOCLAW_DATA_DIR: join(directory, 'data'), GOCLAW_CONFIG: join(directory, 'config.json') };

it('goes up, tells where it stands, and goes down only when it is sure', async () => {
  const fresh = await runCli(['migrate', 'status'], { env });
  expect(fresh).toMatchObject({ code: 0, stderr: '' });
  expect(fresh.stdout).toMatch(/^ {2}pending {2}Core\d+$/m);
  expect(fresh.stdout).toMatch(/^(\d+) of \1 pending\. "goclaw migrate up"/m);

  const up = await runCli(['migrate', 'up'], { env });
  expect(up).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Applied: Core\d+$/m) });
  expect((await runCli(['migrate', 'up'], { env })).stdout).toContain('Nothing to do');
  const applied = await runCli(['migrate', 'status'], { env });
  expect(applied.stdout).toMatch(/^Up to date: (\d+) of \1 applied\.$/m);

  const unsure = await runCli(['migrate', 'down'], { env, input: 'y\n' });
  expect(unsure).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('--yes') });
  expect((await runCli(['migrate', 'status'], { env })).stdout).toBe(applied.stdout);

  const down = await runCli(['migrate', 'down', '--yes'], { env });
  expect(down).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Taken back: \w+\d+\n$/) });
  expect((await runCli(['migrate', 'status'], { env })).stdout).toContain(' pending.');
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

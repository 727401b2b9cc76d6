import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SystemClock } from '#kernel';
import { GatewayToken, requireCommonToken } from '#permissions';
import { type Database, DeploymentFacts } from '#store';
import { MARKER_FILE, WorkspaceMarker } from '../../src/agent/resolver/workspace-marker.js';
import { loadAppConfig } from '../../src/app.config.js';
import { describeEachEngine } from '../support/each-engine.js';
import { describeWithPostgres } from '../support/postgres/index.js';
import { replicasOf, SharedDatabase } from '../support/replicas.js';

describeWithPostgres('what all replicas must have in common', () => {
  let shared: SharedDatabase;
  beforeEach(async () => {
    shared = await SharedDatabase.create();
  });
  afterEach(async () => {
    await shared[Symbol.asyncDispose]();
  });

  async function replica(): Promise<{ database: Database; facts: DeploymentFacts }> {
    const database = await shared.open();
    return { database, facts: new DeploymentFacts(database) };
  }

  it('is agreed on with those that run, and changed by one that is alone', async () => {
    const [first, second] = [await replica(), await replica()];
    expect(await first.facts.agree('colour', 'red')).toBe(true);
    expect(await second.facts.agree('colour', 'red')).toBe(true);
    expect(await second.facts.agree('colour', 'blue')).toBe(false);
    await first.database.close();
    expect(await second.facts.agree('colour', 'blue')).toBe(true);
    const third = await replica();
    expect(await third.facts.agree('colour', 'red')).toBe(false);
    expect(await third.facts.agree('colour', 'blue')).toBe(true);
  });

  it('is changed by several that start at once after the old ones ended', async () => {
    const old = await replica();
    expect(await old.facts.agree('colour', 'red')).toBe(true);
    await old.database.close();
    const fresh = [await replica(), await replica(), await replica()];
    const agreed = await Promise.all(fresh.map(({ facts }) => facts.agree('colour', 'blue')));
    expect(agreed).toEqual([true, true, true]);
  });

  it('is decided by the first of several that start at once and differ', async () => {
    const fresh = [await replica(), await replica(), await replica()];
    const agreed = await Promise.all(fresh.map(({ facts }, index) => facts.agree('colour', `${index}`)));
    expect(agreed.filter(Boolean)).toHaveLength(1);
  });

  it('is kept as a fingerprint that does not tell it, and differs for equal values', async () => {
    const { database, facts } = await replica();
    await facts.agree('one', 'canary-value');
    await facts.agree('two', 'canary-value');
    const rows = await database.query<{ value: string }>('SELECT value FROM deployment_facts');
    expect(JSON.stringify(rows)).not.toContain('canary');
    const digests = rows.map(({ value }) => (JSON.parse(value) as { digest: string }).digest);
    expect(new Set(digests).size).toBe(2);
  });

  it('refuses the start of a gateway with another token, with the remedy', async () => {
    const [first, second] = [await replica(), await replica()];
    await requireCommonToken(new GatewayToken('token-of-the-first', 'configured'), first.facts);
    const other = new GatewayToken('token-of-the-second', 'configured');
    await expect(requireCommonToken(other, second.facts)).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      message: expect.stringMatching(/GOCLAW_GATEWAY_TOKEN to the same value everywhere/),
    });
    await requireCommonToken(new GatewayToken('token-of-the-first', 'configured'), second.facts);
    expect(replicasOf(second.database).hasPeers).toBe(true);
  });
});

describeEachEngine('the token of a gateway that is alone', (make) => {
  it('may be another one with every start', async () => {
    const engine = await make();
    for (const token of ['one-token-of-it', 'another-token-of-it']) {
      const database = await engine.open();
      const start = requireCommonToken(new GatewayToken(token, 'configured'), new DeploymentFacts(database));
      await expect(start).resolves.toBeUndefined();
      await database.close();
    }
    await engine.remove();
  });
});

describeWithPostgres('the marker of the workspace', () => {
  let shared: SharedDatabase;
  let directory: string;
  const warnings: string[] = [];
  beforeEach(async () => {
    shared = await SharedDatabase.create();
    directory = mkdtempSync(join(tmpdir(), 'goclaw-workspace-'));
    warnings.length = 0;
    // Other parts of a gateway may have something to say too, of what other tests have left on this machine.
    vi.spyOn(Logger.prototype, 'warn').mockImplementation((message: unknown) => {
      if (String(message).includes(directory)) warnings.push(String(message));
    });
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await shared[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true, force: true });
  });

  /** The start of one more gateway with its workspaces in `root`. */
  async function starts(root: string): Promise<Database> {
    const database = await shared.open();
    const config = loadAppConfig(undefined, {
      GOCLAW_CONFIG: join(directory, 'config.json'),
      GOCLAW_WORKSPACE: join(directory, root),
    });
    await new WorkspaceMarker(new DeploymentFacts(database), config, new SystemClock()).check();
    return database;
  }

  const markerOf = (root: string): string => readFileSync(join(directory, root, MARKER_FILE), 'utf8');

  it('is written by the first gateway and found by the next ones on the same volume', async () => {
    await starts('volume');
    const marker = markerOf('volume');
    await starts('volume');
    expect(markerOf('volume')).toBe(marker);
    expect(warnings).toEqual([]);
  });

  it('is written once when several start at the same time on the same volume', async () => {
    await Promise.all([starts('volume'), starts('volume'), starts('volume')]);
    expect(warnings).toEqual([]);
  });

  it('that is missing beside a running gateway, or another one, makes the start warn', async () => {
    await starts('volume');
    await starts('local');
    expect(warnings).toEqual([
      expect.stringMatching(/local IS NOT SHARED.*GOCLAW_WORKSPACE of every gateway/),
    ]);
    expect(() => markerOf('local')).toThrow('ENOENT');
  });

  it('of another volume is taken over by a gateway that is alone', async () => {
    await (await starts('volume')).close();
    await (await starts('other')).close();
    await starts('volume');
    expect(warnings).toEqual([]);
    expect(markerOf('volume')).not.toBe(markerOf('other'));
  });

  it('that cannot be read is no reason to refuse the start', async () => {
    writeFileSync(join(directory, 'a-file'), '');
    await starts('a-file');
    expect(warnings).toEqual([expect.stringContaining('it is unknown whether')]);
  });
});

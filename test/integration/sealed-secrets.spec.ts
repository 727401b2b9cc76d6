import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ConfigService } from '#config';
import { SecretBox } from '#crypto';
import {
  type ColumnProgress,
  type Database,
  DatabaseConfig,
  inspectSecrets,
  requireEncryptionKey,
  rotateSecrets,
  SEALED_COLUMNS,
  SealedStore,
} from '#store';
import { configOf } from '../support/config.js';
import { describeEachEngine, type EngineUnderTest } from '../support/each-engine.js';
import { newId } from '#kernel';

const OLD = randomBytes(32);
const NEW = randomBytes(32);
const oldBox = new SecretBox(OLD);
const newBox = new SecretBox(NEW, [OLD]);

function config(keys: { current?: Buffer; previous?: Buffer } = {}, dataDir = '/nowhere'): ConfigService {
  return configOf(
    [DatabaseConfig],
    {},
    {
      GOCLAW_DATA_DIR: dataDir,
      // Only with a DSN no key is made; it is never used here.
      ...(dataDir === '/nowhere' && { GOCLAW_POSTGRES_DSN: 'postgres://nowhere' }),
      ...(keys.current && { GOCLAW_ENCRYPTION_KEY: keys.current.toString('hex') }),
      ...(keys.previous && { GOCLAW_ENCRYPTION_KEY_PREVIOUS: keys.previous.toString('base64') }),
    },
  );
}

async function seed(database: Database, box: SecretBox, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await database.query('INSERT INTO llm_providers (id, name, api_key) VALUES ($1, $2, $3)', [
      newId(),
      `p${i}`,
      box.seal(`sk-${i}`),
    ]);
    await database.query('INSERT INTO config_secrets (key, value) VALUES ($1, $2)', [
      `x.${i}`,
      box.seal(`c-${i}`),
    ]);
  }
}

async function statesOf(store: SealedStore, box: SecretBox): Promise<ColumnProgress['states']> {
  const total = { current: 0, previous: 0, plain: 0, unreadable: 0 };
  const last = new Map<string, ColumnProgress>();
  for await (const one of inspectSecrets(store, box))
    last.set(`${one.column.table}.${one.column.column}`, one);
  for (const { states } of last.values())
    for (const state of ['current', 'previous', 'plain', 'unreadable'] as const)
      total[state] += states[state];
  return total;
}

async function drain(work: AsyncGenerator): Promise<void> {
  while (!(await work.next()).done);
}

describeEachEngine('sealed secrets', (make) => {
  let engine: EngineUnderTest;
  let database: Database;
  let store: SealedStore;

  beforeAll(async () => {
    engine = await make();
    database = await engine.open();
    store = new SealedStore(database);
  });
  afterAll(async () => {
    await database.close();
    await engine.remove();
  });
  afterEach(async () => {
    for (const { table } of SEALED_COLUMNS) await database.query(`DELETE FROM ${table}`);
    await database.query(`DELETE FROM deployment_facts WHERE key = 'encryption-key'`);
  });

  describe('the key at a start', () => {
    it('may be missing or another one as long as nothing is sealed', async () => {
      await requireEncryptionKey(config(), database);
      await requireEncryptionKey(config({ current: OLD }), database);
      await database.query(`DELETE FROM deployment_facts WHERE key = 'encryption-key'`);
      await expect(requireEncryptionKey(config({ current: NEW }), database)).resolves.toBeDefined();
    });

    it('that was lost, or is not the one that sealed what is there, is told with the remedy', async () => {
      await requireEncryptionKey(config({ current: OLD }), database);
      await seed(database, oldBox, 1);
      await database.query(`DELETE FROM deployment_facts WHERE key = 'encryption-key'`);
      const lost = { reason: 'lost-key', message: expect.stringContaining('docs/secrets.md') };
      await expect(requireEncryptionKey(config(), database)).rejects.toMatchObject(lost);
      await database.query(`DELETE FROM deployment_facts WHERE key = 'encryption-key'`);
      await expect(requireEncryptionKey(config({ current: NEW }), database)).rejects.toMatchObject(lost);
    });

    it('may be a new one beside the previous one', async () => {
      await requireEncryptionKey(config({ current: OLD }), database);
      await seed(database, oldBox, 1);
      await database.query(`DELETE FROM deployment_facts WHERE key = 'encryption-key'`);
      const box = await requireEncryptionKey(config({ current: NEW, previous: OLD }), database);
      expect(await statesOf(store, box)).toMatchObject({ previous: 3, unreadable: 0 });
    });

    it('without a DSN is made once, for its owner alone, and kept', async () => {
      const dataDir = mkdtempSync(join(tmpdir(), 'goclaw-key-'));
      try {
        const box = await requireEncryptionKey(config({}, dataDir), database);
        const file = join(dataDir, 'encryption-key');
        const text = readFileSync(file, 'utf8');
        expect(text).toMatch(/^[0-9a-f]{64}\n$/);
        expect(statSync(file).mode & 0o777).toBe(0o600);
        const again = await requireEncryptionKey(config({}, dataDir), database);
        expect(readFileSync(file, 'utf8')).toBe(text);
        expect(again.open(box.seal('x'))).toBe('x');
      } finally {
        rmSync(dataDir, { recursive: true, force: true });
      }
    });
  });

  it('are sealed with one key by all gateways that run', async () => {
    if (engine.engine === 'embedded') return expect(database.replicas).toBeUndefined();
    const other = await engine.open();
    try {
      await requireEncryptionKey(config({ current: OLD }), database);
      await expect(requireEncryptionKey(config({ current: OLD }), other)).resolves.toBeDefined();
      for (const keys of [{ current: NEW, previous: OLD }, {}]) {
        await expect(requireEncryptionKey(config(keys), other)).rejects.toMatchObject({
          reason: 'other-key',
          message: expect.stringContaining('the same one everywhere'),
        });
      }
    } finally {
      await other.close();
    }
  });

  describe('a rotation', () => {
    it('seals everything anew, what is not sealed too, and leaves the second time nothing to do', async () => {
      await seed(database, oldBox, 210);
      await database.query(`INSERT INTO config_secrets (key, value) VALUES ('plain.one', 'never sealed')`);
      expect(await statesOf(store, newBox)).toEqual({ current: 0, previous: 420, plain: 1, unreadable: 0 });
      await drain(rotateSecrets(store, newBox));
      expect(await statesOf(store, new SecretBox(NEW))).toEqual({
        current: 421,
        previous: 0,
        plain: 0,
        unreadable: 0,
      });
      for await (const { resealed } of rotateSecrets(store, newBox)) expect(resealed).toBe(0);
      const [row] = await database.query<{ api_key: string }>(
        `SELECT api_key FROM llm_providers WHERE name = 'p7'`,
      );
      expect(new SecretBox(NEW).open(row?.api_key ?? '')).toBe('sk-7');
    });

    it('that was stopped in the middle leaves every secret readable, and goes on where it was', async () => {
      await seed(database, oldBox, 210);
      const work = rotateSecrets(store, newBox);
      await work.next();
      await work.return(undefined);
      const { current, previous } = await statesOf(store, newBox);
      expect(current).toBe(200);
      expect(previous).toBe(220);
      await drain(rotateSecrets(store, newBox));
      expect(await statesOf(store, newBox)).toMatchObject({ current: 420, previous: 0 });
    });

    it('never overwrites what a gateway changes meanwhile', async () => {
      await seed(database, oldBox, 1);
      const [column] = SEALED_COLUMNS;
      const [value] = await anyBatch(store);
      if (!column || !value) throw new Error('nothing is there');
      await database.query('UPDATE llm_providers SET api_key = $1', [newBox.seal('changed')]);
      expect(await store.replace(column, value, newBox.seal('sk-0'))).toBe(false);
      const [row] = await database.query<{ api_key: string }>('SELECT api_key FROM llm_providers');
      expect(newBox.open(row?.api_key ?? '')).toBe('changed');
    });

    it('leaves alone what neither key opens, and counts it', async () => {
      await seed(database, new SecretBox(randomBytes(32)), 1);
      await drain(rotateSecrets(store, newBox));
      expect(await statesOf(store, newBox)).toMatchObject({ unreadable: 2, current: 0 });
    });
  });

  it('are in columns that are declared: no other one sounds as if it held one', async () => {
    const rows = await database.query<{ place: string }>(
      `SELECT table_name || '.' || column_name AS place FROM information_schema.columns
       WHERE table_schema = current_schema() AND data_type IN ('text', 'bytea', 'jsonb', 'json')
         AND (column_name ~ '(secret|password|tokens?$|credential|api_?key|headers|^env$)'
              OR table_name LIKE 'mcp_oauth_%' AND column_name IN ('client', 'flow')
              OR table_name = 'config_secrets' AND column_name = 'value')
       ORDER BY 1`,
    );
    const declared = SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`).toSorted();
    expect(rows.map(({ place }) => place).filter((place) => !HARMLESS.has(place))).toEqual(declared);
  });
});

/** They sound like secrets, and are none. */
const HARMLESS: ReadonlySet<string> = new Set([]);

async function anyBatch(store: SealedStore): Promise<readonly { key: string; value: string }[]> {
  const [column] = SEALED_COLUMNS;
  if (column) for await (const batch of store.batches(column)) return batch;
  return [];
}

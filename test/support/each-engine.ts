import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { SystemClock } from '#kernel';
import { type Database, type DatabaseOptions, openDatabase } from '#store';
import { createTestDatabase, describeWithPostgres } from './postgres/index.js';

/** A database of a test's own. */
export interface EngineUnderTest {
  readonly engine: 'embedded' | 'postgres';
  /** How to open it; also for a second opening. */
  readonly options: DatabaseOptions;
  open(): Promise<Database>;
  /** Removes the database; close it first. */
  remove(): Promise<void>;
}

/** Runs the tests against the embedded database and against PostgreSQL. */
export function describeEachEngine(
  title: string,
  tests: (make: () => Promise<EngineUnderTest>) => void,
): void {
  describe(`${title} (embedded)`, () => tests(embedded));
  describeWithPostgres(`${title} (PostgreSQL)`, () => tests(postgres));
}

async function embedded(): Promise<EngineUnderTest> {
  const dataDir = mkdtempSync(join(tmpdir(), 'goclaw-embedded-'));
  const options = { dataDir, poolSize: 1, clock: new SystemClock() };
  return {
    engine: 'embedded',
    options,
    open: () => openDatabase(options),
    remove: async () => rmSync(dataDir, { recursive: true, force: true }),
  };
}

async function postgres(): Promise<EngineUnderTest> {
  const { dsn, drop } = await createTestDatabase();
  const options = { dsn, dataDir: '/nowhere', poolSize: 10, clock: new SystemClock() };
  return { engine: 'postgres', options, open: () => openDatabase(options), remove: drop };
}

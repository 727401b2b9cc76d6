import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';

const CACHE = 'node_modules/.cache/goclaw';
const DATABASE = 'pgdata';

/**
 * Gives a data directory a migrated embedded database, copied from one that was made once for this schema: making
 * one takes seconds, and most tests are not about that.
 */
export function copyEmbeddedDatabase(dataDir: string): void {
  cpSync(join(template(), DATABASE), join(dataDir, DATABASE), { recursive: true });
}

function template(): string {
  const path = join(CACHE, `embedded-${schemaHash()}`);
  if (existsSync(path)) return path;
  mkdirSync(CACHE, { recursive: true });
  const made = mkdtempSync(join(CACHE, 'making-'));
  const env = { PATH: process.env['PATH'], GOCLAW_DATA_DIR: made, GOCLAW_CONFIG: join(made, 'none.json') };
  execFileSync(process.execPath, ['dist/src/main.js', 'migrate', 'up'], { env, stdio: 'pipe' });
  try {
    renameSync(made, path);
  } catch {
    // Another worker was faster; its template is as good.
    rmSync(made, { recursive: true, force: true });
  }
  return path;
}

function schemaHash(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync('migrations').toSorted())
    hash.update(readFileSync(join('migrations', name)));
  hash.update(readFileSync('node_modules/@electric-sql/pglite/package.json'));
  return hash.digest('hex').slice(0, 16);
}

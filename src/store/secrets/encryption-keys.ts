import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigService } from '#config';
import { parseEncryptionKey } from '#crypto';
import { DatabaseConfig, deploymentOf } from '../database.config.js';
import { makeDataDirectory } from '../database/data-directory.js';

export const ENCRYPTION_KEY_FILE = 'encryption-key';
const KEY_BYTES = 32;

/** The keys that a gateway seals and opens secrets with. */
export interface EncryptionKeys {
  /** Absent: with a PostgreSQL, when none is configured. */
  readonly current?: Buffer;
  readonly previous?: Buffer;
}

/**
 * The configured key; without one, on the embedded database, the one in the data directory, which the first start makes
 * (mode 0600). Replicas on a PostgreSQL need a common one, so none is made for them.
 * @throws CryptoError `bad-key`
 */
export function encryptionKeysOf(config: ConfigService): EncryptionKeys {
  const { encryption_key: configured, encryption_key_previous: previous } = config.get(DatabaseConfig);
  const { engine, dataDir } = deploymentOf(config);
  const text = configured ?? (engine === 'embedded' ? keptKey(dataDir) : undefined);
  return {
    ...(text !== undefined && { current: parseEncryptionKey(text, nameOf(configured, dataDir)) }),
    ...(previous !== undefined && {
      previous: parseEncryptionKey(previous, 'GOCLAW_ENCRYPTION_KEY_PREVIOUS'),
    }),
  };
}

function nameOf(configured: string | undefined, dataDir: string): string {
  return configured === undefined ? join(dataDir, ENCRYPTION_KEY_FILE) : 'GOCLAW_ENCRYPTION_KEY';
}

function keptKey(dataDir: string): string {
  const file = join(dataDir, ENCRYPTION_KEY_FILE);
  return read(file) ?? make(dataDir, file);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The file is there with the whole key or not at all; of two that make one at once, the first one's stays. */
function make(dataDir: string, file: string): string {
  makeDataDirectory(dataDir);
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, `${randomBytes(KEY_BYTES).toString('hex')}\n`, {
    mode: 0o600,
    flag: 'wx',
    flush: true,
  });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(file, 'utf8').trim();
}

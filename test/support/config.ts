import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfigClass, type ConfigService, type Environment, loadConfig } from '#config';

/** The configuration of a file with this content, under this environment. */
export function configOf(
  sections: readonly ConfigClass[],
  file: object = {},
  env: Environment = {},
): ConfigService {
  const directory = mkdtempSync(join(tmpdir(), 'goclaw-config-'));
  try {
    const path = join(directory, 'config.json');
    writeFileSync(path, JSON.stringify(file));
    return loadConfig({ path, env: { GOCLAW_DATA_DIR: directory, ...env }, sections });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

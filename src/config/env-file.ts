import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Environment } from './config-metadata.js';

export const ENV_FILE_NAME = '.env.local';

/** The environment with `.env.local` beside the configuration file underneath it: what is set wins. */
export function environmentBeside(configPath: string, env: Environment): Environment {
  const path = join(dirname(configPath), ENV_FILE_NAME);
  if (!existsSync(path)) return env;
  return { ...parseEnv(readFileSync(path, 'utf8')), ...env };
}

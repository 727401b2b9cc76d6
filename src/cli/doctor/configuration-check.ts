import { existsSync } from 'node:fs';
import { ConfigError, type ConfigService } from '#config';
import { deploymentOf } from '#store';
import type { Finding } from './finding.js';

const check = 'configuration';

/** Findings about a configuration that can be used. */
export function checkConfiguration(config: ConfigService): Finding[] {
  const place = existsSync(config.path) ? config.path : `${config.path} does not exist, defaults are used`;
  const message = `${place}; ${deploymentOf(config).mode} mode`;
  const remedy = `Edit ${config.path}.`;
  return [
    { check, level: 'ok', message },
    ...config.warnings.map((warning): Finding => ({ check, level: 'warning', message: warning, remedy })),
  ];
}

/** Findings about one that cannot. Errors other than ConfigError are passed on. */
export function explainConfigError(error: unknown): Finding[] {
  if (!(error instanceof ConfigError)) throw error;
  const remedy = `Correct it in ${error.source} or in the environment.`;
  return error.issues.map(({ path, message }) => ({
    check,
    level: 'problem',
    message: path ? `${path}: ${message}` : `${error.source} ${message}`,
    remedy,
  }));
}

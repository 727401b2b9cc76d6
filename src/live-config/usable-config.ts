import {
  ConfigError,
  type ConfigOverlay,
  type ConfigService,
  type ConfigSource,
  type Document,
  loadConfig,
} from '#config';
import { LiveConfigError } from './live-config.errors.js';

/** What is configured before a change. @throws LiveConfigError `file-unusable` when it is broken as it stands. */
export function usableConfig(
  source: ConfigSource,
  overlay: ConfigOverlay,
  written?: Document,
): ConfigService {
  try {
    return loadConfig(source, overlay, written);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new LiveConfigError(
      'file-unusable',
      `Nothing can be changed before this is corrected. ${error.message}`,
      {
        cause: error,
        details: { issues: error.issues },
      },
    );
  }
}

/**
 * What a variable of the environment hides is not looked at when everything is read, but it is kept, and counts once the
 * variable is gone.
 * @throws ConfigError with what does not fit of `shadowed`
 */
export function requireUsableAlone(
  shadowed: readonly string[],
  source: ConfigSource,
  overlay: ConfigOverlay,
  written: Document,
): void {
  if (shadowed.length === 0) return;
  try {
    loadConfig({ ...source, env: {} }, overlay, written);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const issues = error.issues.filter(({ path }) => shadowed.includes(path));
    if (issues.length > 0) throw new ConfigError(source.path, issues);
  }
}

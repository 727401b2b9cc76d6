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

import type { Environment } from './config-metadata.js';

/**
 * The variables that this process was started with, for what it starts itself. They hold secrets: whoever hands them on
 * picks them by name.
 */
export function ownEnvironment(): Environment {
  return process.env;
}

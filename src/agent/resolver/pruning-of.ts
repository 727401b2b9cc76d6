import type { ContextPruningConfig } from '../agents.config.js';
import type { PruningSettings } from '../history/pruning-settings.js';

/** What every agent has, with what one of them says otherwise. Its settings were checked when they were stored. */
export function pruningOf(
  defaults: Readonly<ContextPruningConfig>,
  own: Readonly<Record<string, unknown>> | null,
  provider: string | undefined,
): PruningSettings {
  const mode = own?.['mode'] ?? defaults.mode ?? (provider === 'anthropic' ? 'cache-ttl' : 'off');
  return Object.assign({}, defaults, own, {
    mode: mode === 'cache-ttl' ? mode : 'off',
    softTrim: Object.assign({}, defaults.softTrim, own?.['softTrim']),
    hardClear: Object.assign({}, defaults.hardClear, own?.['hardClear']),
  } as const);
}

import { SystemClock } from '#kernel';
import { DEFAULT_CALL_LIMITS } from '../../src/providers/http/call-guard.js';
import { HttpTransport } from '../../src/providers/http/http-transport.js';
import { ProviderRegistry } from '../../src/providers/provider-registry.js';
import type { ProviderSettings } from '../../src/providers/provider-settings.js';
import { adapterFactory } from '../../src/providers/providers.module.js';

/** A registry of these providers, with real adapters. */
export function providersOf(settings: readonly ProviderSettings[]): {
  readonly registry: ProviderRegistry;
  readonly close: () => Promise<void>;
} {
  const transport = new HttpTransport();
  const clock = new SystemClock();
  const registry = new ProviderRegistry(adapterFactory({ transport, clock, limits: DEFAULT_CALL_LIMITS }));
  for (const one of settings) registry.register(one, 'config');
  return { registry, close: () => Promise.resolve(transport.close()) };
}

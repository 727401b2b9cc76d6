import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ConfigService } from '#config';
import { Clock } from '#kernel';
import type { AdapterDependencies } from './adapter.js';
import { AnthropicProvider } from './anthropic/anthropic.provider.js';
import { Cooldowns } from './chain/cooldowns.js';
import { ProviderChain } from './chain/provider-chain.js';
import { DEFAULT_CALL_LIMITS } from './http/call-guard.js';
import { HttpTransport } from './http/http-transport.js';
import { ImageGeneration } from './images/image-generation.js';
import { LocalProviders } from './local-providers.js';
import { OpenAiProvider } from './openai/openai.provider.js';
import { type AdapterFactory, ProviderRegistry } from './provider-registry.js';
import { ProvidersOfConfig } from './providers-of-config.js';
import { DiscoveryConfig, ProvidersConfig, settingsFrom } from './providers.config.js';

/** Makes adapters on the program's one transport. */
export const ADAPTER_FACTORY = Symbol('goclaw:adapter-factory');

/** Adapters of the settings' type, all on one transport. */
export function adapterFactory(dependencies: AdapterDependencies): AdapterFactory {
  return (settings) =>
    settings.type === 'anthropic_native'
      ? new AnthropicProvider(settings, dependencies)
      : new OpenAiProvider(settings, dependencies);
}

@Module({
  providers: [
    { provide: HttpTransport, useFactory: () => new HttpTransport() },
    {
      provide: ADAPTER_FACTORY,
      useFactory: (transport: HttpTransport, clock: Clock) =>
        adapterFactory({ transport, clock, limits: DEFAULT_CALL_LIMITS }),
      inject: [HttpTransport, Clock],
    },
    {
      provide: ProviderRegistry,
      useFactory: (factory: AdapterFactory, config: ConfigService) => {
        const registry = new ProviderRegistry(factory);
        registry.replaceAll('config', settingsFrom(config.get(ProvidersConfig)));
        return registry;
      },
      inject: [ADAPTER_FACTORY, ConfigService],
    },
    ProvidersOfConfig,
    ImageGeneration,
    {
      provide: LocalProviders,
      useFactory: (config: ConfigService, registry: ProviderRegistry, factory: AdapterFactory) =>
        new LocalProviders(config.get(DiscoveryConfig), registry, factory),
      inject: [ConfigService, ProviderRegistry, ADAPTER_FACTORY],
    },
    {
      provide: ProviderChain,
      useFactory: (registry: ProviderRegistry, clock: Clock) =>
        new ProviderChain(registry, new Cooldowns(clock), clock, Math.random),
      inject: [ProviderRegistry, Clock],
    },
  ],
  exports: [ADAPTER_FACTORY, ProviderRegistry, ProviderChain, LocalProviders, ImageGeneration],
})
export class ProvidersModule implements OnApplicationShutdown {
  constructor(@Inject(HttpTransport) private readonly transport: HttpTransport) {}

  onApplicationShutdown(): void {
    this.transport.close();
  }
}

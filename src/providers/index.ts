export type { ChainOptions, ChainRequest } from './chain/provider-chain.js';
export { ProviderChain } from './chain/provider-chain.js';
export type { ProviderCall } from './chain/provider-call.js';
export { KNOWN_PROVIDERS } from './known-providers.js';
export { LocalProviders } from './local-providers.js';
export { type ProviderInfo, ProviderRegistry } from './provider-registry.js';
export { DiscoveryConfig, ProvidersConfig } from './providers.config.js';
export { ProvidersModule } from './providers.module.js';

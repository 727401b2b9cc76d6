export { BusModule } from './bus.module.js';
export { CacheInvalidated, type CacheName } from './cache-invalidated.js';
export { CachesStale } from './caches-stale.js';
export { ConfigChanged } from './config-changed.js';
export { DomainEvents } from './domain-events.js';
export type { DomainEvent } from './events.js';
export { PairingChanged } from './pairing-changed.js';
export { RunFinished } from './run-finished.js';
export { SessionChanged } from './session-changed.js';

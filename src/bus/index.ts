export { BusModule } from './bus.module.js';
export { CachesStale } from './caches-stale.js';
export { DomainEvents } from './domain-events.js';
export { RunFinished } from './run-finished.js';
export { SessionChanged } from './session-changed.js';

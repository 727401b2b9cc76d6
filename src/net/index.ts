export { wrapExternal } from './external-content.js';
export { GuardedFetch } from './guarded-fetch.js';
export { NetModule } from './net.module.js';
export { NetworkConfig } from './network.config.js';
export { NetworkError } from './network.errors.js';
export { NetworkGuard } from './network-guard.js';

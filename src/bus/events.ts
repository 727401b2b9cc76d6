import type { ApprovalChanged } from './approval-changed.js';
import type { CacheInvalidated } from './cache-invalidated.js';
import type { CachesStale } from './caches-stale.js';
import type { ConfigChanged } from './config-changed.js';
import type { PairingChanged } from './pairing-changed.js';
import type { RunFinished } from './run-finished.js';
import type { SessionChanged } from './session-changed.js';

/** Everything that is published. */
export type DomainEvent =
  | ApprovalChanged
  | CacheInvalidated
  | CachesStale
  | ConfigChanged
  | PairingChanged
  | RunFinished
  | SessionChanged;

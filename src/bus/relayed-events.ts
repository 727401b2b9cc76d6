import { ApprovalChanged } from './approval-changed.js';
import { CacheInvalidated, CACHES } from './cache-invalidated.js';
import type { DomainEvent } from './events.js';
import { PairingChanged } from './pairing-changed.js';
import { SessionChanged } from './session-changed.js';

/** Event messages are `<name> <identifiers>`: never text that somebody wrote. */
const SESSION = 'session-changed';
const CACHE = 'cache:';
const PAIRING = 'pairing:';
const PAIRING_CHANGES = ['requested', 'approved', 'revoked'] as const;
const APPROVAL = 'approval:';
const APPROVAL_CHANGES = ['requested', 'resolved'] as const;

/** Events that every replica must hear of. `undefined`: the event concerns this replica alone. */
export function encodeRelayed(event: DomainEvent): string | undefined {
  if (event instanceof SessionChanged) return `${SESSION} ${event.sessionId}`;
  if (event instanceof CacheInvalidated) return `${CACHE}${event.cache} ${event.key ?? ''}`;
  if (event instanceof PairingChanged) return `${PAIRING}${event.change} ${event.id}`;
  if (event instanceof ApprovalChanged) return `${APPROVAL}${event.change} ${event.id}`;
  return undefined;
}

/** `undefined`: a newer program sent it. */
export function decodeRelayed(message: string): DomainEvent | undefined {
  const space = message.indexOf(' ');
  const name = message.slice(0, space);
  const key = message.slice(space + 1);
  if (name === SESSION) return new SessionChanged(key);
  const pairing = PAIRING_CHANGES.find((one) => name === `${PAIRING}${one}`);
  if (pairing) return new PairingChanged(pairing, key);
  const approval = APPROVAL_CHANGES.find((one) => name === `${APPROVAL}${one}`);
  if (approval) return new ApprovalChanged(approval, key);
  const cache = CACHES.find((one) => name === `${CACHE}${one}`);
  return cache && new CacheInvalidated(cache, key === '' ? undefined : key);
}

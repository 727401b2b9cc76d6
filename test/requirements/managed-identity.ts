import { landed } from './requirement.js';
import type { Requirements } from './requirement.js';

const KEYS = 'test/e2e/api-keys.spec.ts › ';
const SIGNED = 'test/e2e/signed-identity.spec.ts › ';
const PAIRING = 'test/e2e/pairing.spec.ts › ';
const MATRIX = 'test/e2e/access-matrix.spec.ts › ';
const LIVE = 'src/permissions/credentials/live-credentials.spec.ts › ';
const JWT = 'src/permissions/identity/identity-verifier.spec.ts › ';

/** Who is calling, what they may do, and how often. */
export const MANAGED_IDENTITY: Requirements = {
  'R3-api-keys': landed(
    'API keys are created, listed, rotated and revoked; hashed, shown once; role, scopes, bound user, expiry, last use',
    `${KEYS}are shown once, known by their beginning, and not kept`,
    `${KEYS}run agents for the user that they are bound to, without a header, and for nobody else`,
    `${KEYS}cannot be made of %j`,
    `${KEYS}of a tenant act for its users only, look-alikes not among them`,
    `${KEYS}are listed page by page, with filters, and everybody but an admin sees their own`,
    `${KEYS}are changed by one admin at a time`,
    `${KEYS}get a new secret, and the one before works for as long as it is given`,
    `${KEYS}are in the audit log without their secrets: made, used, changed, taken back`,
    `${LIVE}makes the caller that it is bound to, and no other`,
    `${LIVE}has its last use written down once a minute`,
  ),
  'R3-revocation': landed(
    'revocation and expiry close live sockets on every replica at once, and end streams',
    `${KEYS}end at once when they are revoked: sockets of every replica, streams and the next request`,
    `${KEYS}end what they began when they expire`,
    `${LIVE}ends when the key is revoked, wherever that happens`,
    `${LIVE}ends when news may have been missed, and the key was revoked in the meantime`,
    `${LIVE}ends when the key expires, within a second`,
    `${LIVE}ends when a scope is taken away that its caller had`,
    `${LIVE}is looked at again when the database was away at the news`,
    `${LIVE}is noticed when the news came between letting in and watching`,
  ),
  'R3-pairing': landed(
    'paired browsers: operator, own user id; who lists them cannot impersonate them; a revoked one is out at once',
    `${PAIRING}shows a code, is let in by an admin, and comes back with its own secret`,
    `${PAIRING}cannot be impersonated by those who see it in the list`,
    `${PAIRING}is shut out at once when an admin says so`,
    `${PAIRING}may ask three times before somebody must answer, and a chat of its own account as well`,
    `${PAIRING}is not let in by a code that nobody showed`,
    `${PAIRING}tells a client of the library which code to have approved`,
  ),
  'R3-signed-identity': landed(
    'signed identity by JWKS or HMAC: rotation, skew, audience, issuer; with it on a bare header is refused',
    `${SIGNED}is needed: a bare user id is refused, over HTTP and the WebSocket`,
    `${SIGNED}says who calls; what they may do, the credential says`,
    `${SIGNED}of a reserved or malformed user is refused`,
    `${SIGNED}that is wrong is refused`,
    `${SIGNED}closes its socket when it expires`,
    `${SIGNED}goes with keys: those of a user need none and take no other, those of a tenant keep to it`,
    `${JWT}%s is refused`,
    `${JWT}may be off by the clock skew, and no more`,
    `${JWT}is not believed when its algorithm and its key do not belong together`,
    `${JWT}is not believed by a symmetric key that a key document gives away`,
    `${JWT}are read once, and again when a token names one that is not known, but not for each of them`,
    `${JWT}that were taken back are good for no longer than they are remembered`,
  ),
  'R3-jwks-down': landed(
    'a JWKS endpoint that is down or returns garbage: the last keys for a bounded time, else UNAVAILABLE',
    `${JWT}cannot be had when it %s: that is said, and it is not asked for every token`,
    `${JWT}go on being good while it is away, for a bounded time`,
    `${SIGNED}cannot be checked while the keys cannot be had: that is said, with the time to wait`,
  ),
  'R3-access-table': landed(
    'one generated table of every method and route; what has no rule fails a test; it is walked for every kind of caller',
    'test/architecture/access-table.spec.ts › has a rule for every method and every route',
    'test/architecture/access-table.spec.ts › asks for no more than a role to come in, and for a scope beyond',
    'test/architecture/access-table.spec.ts › is open without credentials for these alone',
    'test/architecture/access-table.spec.ts › is the one in the documentation; npm run docs:access writes it',
    `${MATRIX}has every documented route, and every route of it is documented`,
    `${MATRIX}holds for every route and every kind of caller`,
    `${MATRIX}holds for every method and every kind of caller`,
    `${MATRIX}has nothing of what exists in managed mode only`,
  ),
  'R3-rate-limits': landed(
    'rate limits per user, key, address and tool, configurable by tenant, with retryAfterMs, on all ways in',
    'src/permissions/rate-limiter.spec.ts › counts each user by itself, whatever the address, and strangers by address',
    'src/permissions/rate-limiter.spec.ts › counts each member of a group, not the group',
    'src/permissions/rate-limiter.spec.ts › is what its tenant says, and may hold for all of its users together',
    'src/permissions/rate-limiter.spec.ts › holds for a key besides its user, and a refused request costs neither anything',
    'src/permissions/rate-limiter.spec.ts › counts requests of any kind, IPv6 by its network, and is off unless it is set',
    'src/tools/executor/tool-rate-limiter.spec.ts › hold per tool and user, in all of their sessions, until an hour has gone',
    'src/tools/executor/tool-rate-limiter.spec.ts › are those of the tenant where it has its own',
    'src/channels/intake/message-intake.spec.ts › lets a writer wait who asks too often, and forgets nothing',
    `${LIVE}has to wait, while those who were right before go on`,
    `${KEYS}have a limit of their own, besides that of their user`,
    'test/e2e/trusted-proxies.spec.ts › counts clients behind a trusted proxy by their own addresses, on both sockets',
  ),
  'R3-trusted-proxies': landed(
    'behind a trusted proxy the address of the client is the real one; headers of others are ignored',
    'src/permissions/client-address.spec.ts › when %s',
    'src/permissions/client-address.spec.ts › is what a trusted proxy says, the nearest of them',
    'src/permissions/client-address.spec.ts › is what the request says when nobody trusted forwarded it',
    'test/e2e/trusted-proxies.spec.ts › counts clients behind a trusted proxy by their own addresses, on both sockets',
    'test/e2e/trusted-proxies.spec.ts › checks origins by the host that the proxy says',
    'test/e2e/trusted-proxies.spec.ts › ignores the headers of anybody else',
  ),
};

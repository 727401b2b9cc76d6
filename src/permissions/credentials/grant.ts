import { type Credential, type Role, type Scope, SCOPES } from '#contracts';
import type { KnownCredential } from './known-credential.js';

/** What a request carries to say who it is. */
export interface Credentials {
  /** The gateway token or an API key. */
  readonly token?: string;
  /** Of a paired browser, instead of a token. */
  readonly senderId?: string;
  readonly userId?: string;
  /** A JWT of the company's auth service. */
  readonly identity?: string;
  readonly address?: string;
  readonly requestId?: string;
}

/** What a credential gives to whoever holds it. */
export interface Grant {
  readonly role: Role;
  readonly scopes: readonly Scope[];
  readonly credential: Credential;
  /** It acts for this user, and nobody else. */
  readonly userId?: string;
  /** It acts for users of this tenant, and nobody else. */
  readonly tenant?: string;
  /** SHA-256 of the secret, where it can be taken back. */
  readonly hash?: string;
}

export const GATEWAY_GRANT: Grant = Object.freeze({
  role: 'admin',
  scopes: SCOPES,
  credential: Object.freeze({ kind: 'gateway-token' }),
});

export function grantOf(known: KnownCredential, hash: string): Grant {
  const { kind, id, role, scopes, userId, tenant } = known;
  return {
    role,
    scopes,
    credential: Object.freeze({ kind, id }),
    ...(userId !== undefined && { userId }),
    ...(tenant !== undefined && { tenant }),
    hash,
  };
}

import { Inject, Injectable } from '@nestjs/common';
import { ConfigService } from '#config';
import { type Caller, SCOPES } from '#contracts';
import { USER_ID_MAX_BYTES } from '#protocol';
import { deploymentOf, type Mode } from '#store';
import { GatewayToken } from './gateway-token.js';
import { IdentityError, PermissionError } from './permission.errors.js';
import { SecretMatcher } from './secret-matcher.js';

/** The one user of a standalone gateway. */
export const LOCAL_USER = 'local';

const RESERVED_USERS: ReadonlySet<string> = new Set(['system', LOCAL_USER]);
const RESERVED_PREFIX = 'group:';
const TENANT_USER = /^tenant\.([^.]+)\.user\..+$/s;

/** What a request carries to say who it is. */
export interface Credentials {
  readonly token?: string;
  readonly userId?: string;
  readonly address?: string;
}

export const ANONYMOUS: Caller = { userId: '', role: 'none', scopes: [], credential: { kind: 'anonymous' } };

/** Turns credentials into a caller. */
@Injectable()
export class Authenticator {
  private readonly mode: Mode;
  private readonly token: SecretMatcher;

  constructor(@Inject(GatewayToken) token: GatewayToken, config: ConfigService) {
    this.token = new SecretMatcher(token.value);
    this.mode = deploymentOf(config).mode;
  }

  /**
   * @throws PermissionError `unauthenticated` when the token is missing or wrong.
   * @throws IdentityError when the user id is missing (managed mode), too long, reserved or not printable.
   */
  authenticate(credentials: Credentials): Caller {
    if (!credentials.token)
      throw new PermissionError('unauthenticated', 'A token is needed: send the gateway token.');
    if (!this.token.matches(credentials.token)) {
      throw new PermissionError(
        'unauthenticated',
        'The token is wrong. Check it against the one the gateway was started with.',
      );
    }
    const userId = this.mode === 'standalone' ? LOCAL_USER : requireUserId(credentials.userId);
    const tenant = TENANT_USER.exec(userId)?.[1];
    const caller: Caller = {
      userId,
      role: 'admin',
      scopes: SCOPES,
      credential: { kind: 'gateway-token' },
      ...(tenant !== undefined && { tenant }),
      ...(credentials.address !== undefined && { address: credentials.address }),
    };
    return Object.freeze(caller);
  }
}

function requireUserId(userId: string | undefined): string {
  if (userId === undefined || userId === '') {
    throw new IdentityError(
      'A user id is required in managed mode: send X-GoClaw-User-Id, or user_id on connect.',
    );
  }
  if (Buffer.byteLength(userId) > USER_ID_MAX_BYTES) {
    throw new IdentityError(`The user id is longer than ${USER_ID_MAX_BYTES} bytes. Send a shorter one.`);
  }
  if (/[\p{Cc}\p{Cs}]/u.test(userId) || userId.trim() !== userId) {
    throw new IdentityError('The user id holds control characters or outer blanks. Send it without them.');
  }
  if (RESERVED_USERS.has(userId) || userId.startsWith(RESERVED_PREFIX)) {
    throw new IdentityError(`The user id "${userId}" is reserved. Send the id of a user.`);
  }
  return userId;
}

import { USER_ID_MAX_BYTES } from '#protocol';
import { IdentityError } from '../permission.errors.js';

/** The one user of a standalone gateway. */
export const LOCAL_USER = 'local';

const RESERVED_USERS: ReadonlySet<string> = new Set(['system', LOCAL_USER]);
const RESERVED_PREFIX = 'group:';
const TENANT_USER = /^tenant\.([^.]+)\.user\..+$/s;
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** @throws IdentityError when the user id is missing, too long, reserved or not printable. */
export function requireUserId(userId: string | undefined): string {
  if (userId === undefined || userId === '') {
    throw new IdentityError(
      'A user id is required in managed mode: send X-GoClaw-User-Id, or user_id on connect.',
    );
  }
  if (Buffer.byteLength(userId) > USER_ID_MAX_BYTES) {
    throw new IdentityError(`The user id is longer than ${USER_ID_MAX_BYTES} bytes. Send a shorter one.`);
  }
  if (UNPRINTABLE.test(userId) || userId.trim() !== userId) {
    throw new IdentityError('The user id holds control characters or outer blanks. Send it without them.');
  }
  if (RESERVED_USERS.has(userId) || userId.startsWith(RESERVED_PREFIX)) {
    throw new IdentityError(`The user id "${userId}" is reserved. Send the id of a user.`);
  }
  return userId;
}

/** The tenant of a `tenant.{t}.user.{u}` id. */
export function tenantOf(userId: string): string | undefined {
  return TENANT_USER.exec(userId)?.[1];
}

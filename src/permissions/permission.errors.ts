import { ErrorCode } from '#protocol';
import { AppError } from '#kernel';

/** Why a caller was turned away; tells clients whether to log in again or to ask an admin. */
export type PermissionReason = 'unauthenticated' | 'role' | 'scope';

/** A caller may not do what it asked for. `details.reason` says why. */
export class PermissionError extends AppError {
  constructor(
    readonly reason: PermissionReason,
    message: string,
  ) {
    super(ErrorCode.UNAUTHORIZED, message, { details: { reason } });
  }
}

/** What the caller says about itself cannot be used. */
export class IdentityError extends AppError {
  constructor(message: string) {
    super(ErrorCode.INVALID_REQUEST, message);
  }
}

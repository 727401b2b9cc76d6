import { Injectable } from '@nestjs/common';
import type { Credentials, Grant } from '../credentials/grant.js';
import { PermissionError } from '../permission.errors.js';
import { IdentityVerifier } from './identity-verifier.js';
import { requireUserId, tenantOf } from './user-id.js';

/** For whom a credential may act. */
type Bound = Pick<Grant, 'userId' | 'tenant'>;

export interface ProvenUser {
  readonly userId: string;
  /** Monotonic time until which it is proven; absent: as long as the credential holds. */
  readonly until?: number;
}

/** For which user a credential is used, in managed mode. */
@Injectable()
export class CallerIdentity {
  constructor(private readonly verifier: IdentityVerifier) {}

  /** @throws PermissionError, IdentityError, AppError UNAVAILABLE */
  async of(given: Pick<Credentials, 'userId' | 'identity'>, grant: Bound): Promise<ProvenUser> {
    const user = this.verifier.isOn ? await this.signed(given, grant) : named(given.userId, grant);
    const { tenant } = grant;
    if (tenant !== undefined && tenantOf(user.userId) !== tenant) {
      throw new PermissionError(
        'role',
        `This API key acts for users of its tenant only: send a user id like tenant.${tenant}.user.<id>.`,
      );
    }
    return user;
  }

  /** A user id that nobody signed is refused, also beside a credential that has a user of its own. */
  private async signed(
    { userId, identity }: Pick<Credentials, 'userId' | 'identity'>,
    grant: Bound,
  ): Promise<ProvenUser> {
    if (identity === undefined || identity === '') {
      if (userId === undefined && grant.userId !== undefined) return { userId: grant.userId };
      throw new PermissionError(
        'unauthenticated',
        'User ids must be signed here: send a JWT of the auth service in X-GoClaw-Identity, or identity on connect; a user id alone is refused.',
      );
    }
    const proven = await this.verifier.verify(identity);
    requireUserId(proven.userId);
    if ((userId ?? proven.userId) !== proven.userId) {
      throw new PermissionError(
        'unauthenticated',
        'The user id is not the one of the signed identity. Leave it out.',
      );
    }
    if (grant.userId !== undefined && grant.userId !== proven.userId) throw foreignUser();
    return proven;
  }
}

function named(userId: string | undefined, grant: Bound): ProvenUser {
  if (grant.userId === undefined) return { userId: requireUserId(userId) };
  if (userId !== undefined && userId !== grant.userId) throw foreignUser();
  return { userId: grant.userId };
}

function foreignUser(): PermissionError {
  return new PermissionError(
    'role',
    'This credential belongs to one user and does not act for others. Leave the user id out.',
  );
}

import { Injectable } from '@nestjs/common';
import { ConfigService } from '#config';
import type { Caller } from '#contracts';
import { deploymentOf, type Mode } from '#store';
import { CredentialCheck } from './credentials/credential-check.js';
import type { Credentials } from './credentials/grant.js';
import { LastUse } from './credentials/last-use.js';
import { LiveCredentials } from './credentials/live-credentials.js';
import { CallerIdentity, type ProvenUser } from './identity/caller-identity.js';
import { LOCAL_USER, tenantOf } from './identity/user-id.js';

export const ANONYMOUS: Caller = { userId: '', role: 'none', scopes: [], credential: { kind: 'anonymous' } };

const LOCAL: ProvenUser = { userId: LOCAL_USER };

/** Turns credentials into a caller. Authority comes from the credential alone; a signed identity says only who it is. */
@Injectable()
export class Authenticator {
  private readonly mode: Mode;

  constructor(
    config: ConfigService,
    private readonly check: CredentialCheck,
    private readonly identity: CallerIdentity,
    private readonly live: LiveCredentials,
    private readonly lastUse: LastUse,
  ) {
    this.mode = deploymentOf(config).mode;
  }

  /**
   * @throws PermissionError `unauthenticated` when the credential is missing or wrong, was revoked or has expired; `role`
   *   when it may not act for this user.
   * @throws IdentityError when the user id is missing (managed mode), too long, reserved or not printable.
   * @throws AppError RESOURCE_EXHAUSTED after too many wrong ones; UNAVAILABLE when it cannot be looked up now.
   */
  async authenticate(credentials: Credentials): Promise<Caller> {
    const { address, requestId } = credentials;
    const { role, scopes, credential, hash, ...grant } = await this.check.grantOf(credentials);
    const { userId, until } = this.mode === 'standalone' ? LOCAL : await this.identity.of(credentials, grant);
    const tenant = tenantOf(userId);
    const caller: Caller = Object.freeze({
      userId,
      role,
      scopes,
      credential,
      ...(tenant !== undefined && { tenant }),
      ...(address !== undefined && { address }),
      ...(requestId !== undefined && { requestId }),
    });
    if (hash !== undefined || until !== undefined) {
      this.live.remember(caller, {
        ...(hash !== undefined && { hash }),
        ...(until !== undefined && { until }),
      });
    }
    if (credential.kind === 'api-key' && credential.id !== undefined)
      this.lastUse.used(credential.id, caller);
    return caller;
  }
}

import { Global, Module } from '@nestjs/common';
import { ConfigService } from '#config';
import { deploymentOf } from '#store';
import { AccessPolicy } from './access-policy.js';
import { AuditLog } from './audit/audit-log.js';
import { Changes } from './audit/changes.js';
import { Authenticator } from './authenticator.js';
import { ClientAddress } from './client-address.js';
import { ApiKeys } from './credentials/api-keys.js';
import { CredentialCache } from './credentials/credential-cache.js';
import { CredentialCheck } from './credentials/credential-check.js';
import { LastUse } from './credentials/last-use.js';
import { LiveCredentials } from './credentials/live-credentials.js';
import { GatewayToken, resolveGatewayToken } from './gateway-token.js';
import { GatewayConfig } from './gateway.config.js';
import { CallerIdentity } from './identity/caller-identity.js';
import { IdentityVerifier } from './identity/identity-verifier.js';
import { FailedAttempts } from './limits/failed-attempts.js';
import { OriginPolicy } from './origin-policy.js';
import { RateLimiter } from './rate-limiter.js';
import { SealedFields } from './records/sealed-fields.js';

const FACE = [
  AccessPolicy,
  ApiKeys,
  AuditLog,
  Authenticator,
  Changes,
  ClientAddress,
  FailedAttempts,
  GatewayToken,
  LiveCredentials,
  OriginPolicy,
  RateLimiter,
  SealedFields,
];

@Global()
@Module({
  providers: [
    ...FACE.filter((provider) => provider !== GatewayToken),
    CallerIdentity,
    CredentialCache,
    CredentialCheck,
    IdentityVerifier,
    LastUse,
    {
      provide: GatewayToken,
      inject: [ConfigService],
      useFactory: (config: ConfigService) =>
        resolveGatewayToken(config.get(GatewayConfig).token, deploymentOf(config).dataDir),
    },
  ],
  exports: FACE,
})
export class PermissionsModule {}

import { Global, Module } from '@nestjs/common';
import { ConfigService } from '#config';
import { deploymentOf } from '#store';
import { AccessPolicy } from './access-policy.js';
import { AuditLog } from './audit/audit-log.js';
import { Changes } from './audit/changes.js';
import { Authenticator } from './authenticator.js';
import { CredentialCache } from './credentials/credential-cache.js';
import { LiveCredentials } from './credentials/live-credentials.js';
import { GatewayToken, resolveGatewayToken } from './gateway-token.js';
import { GatewayConfig } from './gateway.config.js';
import { OriginPolicy } from './origin-policy.js';
import { RateLimiter } from './rate-limiter.js';
import { SealedFields } from './records/sealed-fields.js';

const FACE = [
  AccessPolicy,
  AuditLog,
  Authenticator,
  Changes,
  GatewayToken,
  LiveCredentials,
  OriginPolicy,
  RateLimiter,
  SealedFields,
];

@Global()
@Module({
  providers: [
    AccessPolicy,
    AuditLog,
    Authenticator,
    Changes,
    CredentialCache,
    LiveCredentials,
    OriginPolicy,
    RateLimiter,
    SealedFields,
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

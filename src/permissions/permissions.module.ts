import { Global, Module } from '@nestjs/common';
import { ConfigService } from '#config';
import { deploymentOf } from '#store';
import { AccessPolicy } from './access-policy.js';
import { Changes } from './audit/changes.js';
import { Authenticator } from './authenticator.js';
import { GatewayToken, resolveGatewayToken } from './gateway-token.js';
import { GatewayConfig } from './gateway.config.js';
import { OriginPolicy } from './origin-policy.js';
import { RateLimiter } from './rate-limiter.js';

const FACE = [AccessPolicy, Authenticator, Changes, GatewayToken, OriginPolicy, RateLimiter];

@Global()
@Module({
  providers: [
    AccessPolicy,
    Authenticator,
    Changes,
    OriginPolicy,
    RateLimiter,
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

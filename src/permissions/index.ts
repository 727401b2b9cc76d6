export { AccessPolicy } from './access-policy.js';
export { Access, type AccessRule } from './access.decorator.js';
export { ANONYMOUS, Authenticator, type Credentials, LOCAL_USER } from './authenticator.js';
export { GatewayToken, readGeneratedToken } from './gateway-token.js';
export { GatewayConfig } from './gateway.config.js';
export { OriginPolicy } from './origin-policy.js';
export { IdentityError, PermissionError, type PermissionReason } from './permission.errors.js';
export { PermissionsModule } from './permissions.module.js';
export { RateLimiter } from './rate-limiter.js';

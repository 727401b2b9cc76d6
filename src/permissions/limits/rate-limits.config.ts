import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { NestedMap } from '#config';

const LIMIT_MAX = 1_000_000;

function IsLimit(): PropertyDecorator {
  return (target, key) => {
    for (const rule of [IsInt(), Min(0), Max(LIMIT_MAX)]) rule(target, String(key));
  };
}

export class ToolLimitConfig {
  /** Calls that each user may make in an hour; 0: no limit. */
  @IsLimit() per_hour = 0;
}

/** Limits of one tenant, instead of the general ones. */
export class TenantLimitsConfig {
  /** Agent requests a minute that each of its users may make; 0: no limit. */
  @IsOptional() @IsLimit() user_rpm?: number;
  /** Agent requests a minute that all of its users together may make; 0: no limit. */
  @IsOptional() @IsLimit() tenant_rpm?: number;
  /** Instead of `tools.rate_limit_per_hour`. */
  @IsOptional() @IsLimit() tool_calls_per_hour?: number;
  /** By the name of the tool. */
  @NestedMap(() => ToolLimitConfig) tools: Record<string, ToolLimitConfig> = {};
}

/** How much may be asked, beyond `rate_limit_rpm`. Each replica counts by itself. */
export class RateLimitsConfig {
  /**
   * Requests of any kind a minute from one network address (IPv6: one /64); 0: no limit. Behind proxies it needs
   * `trusted_proxies`, or all clients are one address.
   */
  @IsLimit() address_rpm = 0;

  /** Wrong credentials a minute from one address, before it has to wait with any that are new; 0: no limit. */
  @IsLimit() failed_auth_per_min = 60;

  /** By the name of the tool. */
  @NestedMap(() => ToolLimitConfig) tools: Record<string, ToolLimitConfig> = {};

  /** By the name of the tenant. */
  @NestedMap(() => TenantLimitsConfig) tenants: Record<string, TenantLimitsConfig> = {};
}

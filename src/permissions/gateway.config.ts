import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateBy,
} from 'class-validator';
import proxyAddr from '@fastify/proxy-addr';
import { ConfigSection, Env, Nested, Restart, Secret } from '#config';
import { IdentityConfig } from './identity/identity.config.js';
import { RateLimitsConfig } from './limits/rate-limits.config.js';

const LISTED_MAX = 1_000;
const SHUTDOWN_GRACE_MAX_SEC = 300;

function IsNetwork(options: { each: true }): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isNetwork',
      validator: {
        validate: isNetwork,
        defaultMessage: () => '$property must be a list of IP addresses or networks such as 10.0.0.0/8',
      },
    },
    options,
  );
}

function isNetwork(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    proxyAddr.compile(value);
    return true;
  } catch {
    return false;
  }
}

/** Section `gateway`: where it listens and whom it lets in. */
@ConfigSection('gateway', { live: true })
export class GatewayConfig {
  @IsString()
  @MinLength(1)
  @Restart()
  @Env('GOCLAW_HOST')
  host = '127.0.0.1';

  /** 0 picks a free port. */
  @IsInt()
  @Min(0)
  @Max(65_535)
  @Restart()
  @Env('GOCLAW_PORT')
  port = 18_790;

  /** Absent: one is generated into the data directory, for loopback only. */
  @IsOptional()
  @IsString()
  @MinLength(16)
  @MaxLength(512)
  @Secret()
  @Restart()
  @Env('GOCLAW_GATEWAY_TOKEN')
  token?: string;

  /** User ids that agents are told are their owners. */
  @IsArray()
  @IsString({ each: true })
  @ArrayMaxSize(LISTED_MAX)
  @Env('GOCLAW_OWNER_IDS')
  owner_ids: string[] = [];

  /** Browser origins that may connect, besides the gateway's own. `*` allows all. */
  @IsArray()
  @IsString({ each: true })
  @ArrayMaxSize(LISTED_MAX)
  allowed_origins: string[] = [];

  /** Agent requests a minute that each user may make; 0 or less: no limit. */
  @IsInt()
  rate_limit_rpm = 20;

  @Nested(() => RateLimitsConfig) rate_limits = new RateLimitsConfig();

  @Nested(() => IdentityConfig) identity = new IdentityConfig();

  /**
   * Addresses and networks (CIDR) of proxies whose X-Forwarded-For, -Proto and -Host are believed. With none, the
   * address of a client is the one that connects.
   */
  @IsArray()
  @IsNetwork({ each: true })
  @ArrayMaxSize(LISTED_MAX)
  @Env('GOCLAW_TRUSTED_PROXIES')
  trusted_proxies: string[] = [];

  /**
   * Seconds that runs which are going get to end at a shutdown; other replicas, or the next start, go on with the rest.
   * The whole stop takes up to 10 s more: whoever kills the process (docker, Kubernetes) must wait that long.
   */
  @IsInt()
  @Min(0)
  @Max(SHUTDOWN_GRACE_MAX_SEC)
  @Env('GOCLAW_SHUTDOWN_GRACE_SEC')
  shutdown_grace_sec = 18;
}

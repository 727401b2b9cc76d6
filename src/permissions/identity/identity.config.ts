import { IsInt, IsOptional, IsString, Max, MaxLength, Min, MinLength, ValidateBy } from 'class-validator';
import { Env, Secret } from '#config';

const NAME_MAX_CHARS = 500;
const DAY_SEC = 86_400;

/** https, or http to this machine: whoever can change the keys on their way can be anybody. */
function isSafeUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return (
    protocol === 'https:' || (protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname))
  );
}

function IsKeysUrl(): PropertyDecorator {
  return ValidateBy({
    name: 'isKeysUrl',
    validator: {
      validate: isSafeUrl,
      defaultMessage: () => '$property must be an https:// URL (http:// only for this machine)',
    },
  });
}

/**
 * Signed identity: with `jwks_url` or `hmac_secret` the user id of a call must come from a JWT of the company's auth
 * service, in `X-GoClaw-Identity` or `identity` of connect. It says who somebody is, never what they may do.
 */
export class IdentityConfig {
  /** Where the auth service publishes its keys (RFC 7517). */
  @IsOptional() @IsKeysUrl() @Env('GOCLAW_IDENTITY_JWKS_URL') jwks_url?: string;

  /** For tokens signed with a shared secret (HS256, HS384, HS512). */
  @IsOptional()
  @IsString()
  @MinLength(32)
  @MaxLength(512)
  @Secret()
  @Env('GOCLAW_IDENTITY_HMAC_SECRET')
  hmac_secret?: string;

  /** What `iss` must be; absent: anything. */
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(NAME_MAX_CHARS)
  @Env('GOCLAW_IDENTITY_ISSUER')
  issuer?: string;

  /** What `aud` must be or contain; absent: anything, also tokens that were made for other services. */
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(NAME_MAX_CHARS)
  @Env('GOCLAW_IDENTITY_AUDIENCE')
  audience?: string;

  /** The claim that is the user id. */
  @IsString() @MinLength(1) @MaxLength(NAME_MAX_CHARS) user_claim = 'sub';

  /** Seconds by which the clocks of the two services may differ. */
  @IsInt() @Min(0) @Max(600) clock_skew_sec = 60;

  /** Seconds for which published keys are taken without looking again. */
  @IsInt() @Min(10) @Max(DAY_SEC) jwks_cache_sec = 600;

  /** Seconds for which the last keys are good while the auth service does not answer. */
  @IsInt() @Min(0) @Max(7 * DAY_SEC) jwks_stale_sec = 14_400;

  /** Seconds after which an unknown key id makes the keys be read again, at most so often. */
  @IsInt() @Min(1) @Max(3_600) jwks_cooldown_sec = 30;
}

import { Injectable, Logger } from '@nestjs/common';
import type { JWTPayload, JWTVerifyOptions } from 'jose';
import { LRUCache } from 'lru-cache';
import { createHash } from 'node:crypto';
import { ConfigService } from '#config';
import { AppError, Clock } from '#kernel';
import { GatewayConfig } from '../gateway.config.js';
import { PermissionError } from '../permission.errors.js';
import type { IdentityConfig } from './identity.config.js';
import { JwksKeys } from './jwks-keys.js';

/** Which algorithms go with which keys; the two never mix, and `none` is in neither. */
const SHARED_ALGORITHMS: readonly string[] = ['HS256', 'HS384', 'HS512'];
const PUBLIC_ALGORITHMS: readonly string[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

export const JWT_MAX_CHARS = 16_384;
/** Verified tokens that are remembered, and for how long at most: a key that is taken back ends there, too. */
const VERIFIED_MAX = 10_000;
const VERIFIED_TTL_MS = 60_000;

const ANY_AUDIENCE =
  'gateway.identity.audience is not set: tokens that the auth service made for other services are taken, too.';

/** Who somebody is, by the word of the auth service. */
export interface SignedIdentity {
  readonly userId: string;
  /** Monotonic time at which the token expires. */
  readonly until: number;
}

/** Verifies the JWTs of the company's auth service. */
@Injectable()
export class IdentityVerifier {
  private readonly logger = new Logger('Identity');
  private readonly verified: LRUCache<string, SignedIdentity>;
  private verifiedUnder: IdentityConfig | undefined;
  private keys: JwksKeys | undefined;

  constructor(
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {
    this.verified = new LRUCache({
      max: VERIFIED_MAX,
      ttl: VERIFIED_TTL_MS,
      ttlResolution: 0,
      perf: { now: () => clock.monotonic() },
    });
  }

  /** Whether user ids must be signed. */
  get isOn(): boolean {
    const { jwks_url: url, hmac_secret: secret } = this.config.get(GatewayConfig).identity;
    return url !== undefined || secret !== undefined;
  }

  /**
   * @throws PermissionError `unauthenticated` when the token does not hold
   * @throws AppError UNAVAILABLE with `retryAfterMs` while the auth service's keys cannot be read
   */
  async verify(token: string): Promise<SignedIdentity> {
    const { identity } = this.config.get(GatewayConfig);
    if (this.verifiedUnder !== identity) {
      this.verified.clear();
      this.verifiedUnder = identity;
      if (identity.audience === undefined) this.logger.warn(ANY_AUDIENCE);
    }
    if (token.length > JWT_MAX_CHARS) throw refused(`it is longer than ${JWT_MAX_CHARS} characters`);
    const name = createHash('sha256').update(token).digest('base64url');
    const known = this.verified.get(name);
    if (known && known.until > this.clock.monotonic()) return known;
    const found = this.identityOf(await this.payload(token, identity), identity);
    if (this.verifiedUnder === identity) this.verified.set(name, found);
    return found;
  }

  private async payload(token: string, config: IdentityConfig): Promise<JWTPayload> {
    const { decodeProtectedHeader, jwtVerify } = await import('jose');
    try {
      const { alg = '' } = decodeProtectedHeader(token);
      if (config.hmac_secret !== undefined && SHARED_ALGORITHMS.includes(alg)) {
        const secret = new TextEncoder().encode(config.hmac_secret);
        return (await jwtVerify(token, secret, this.terms(config, SHARED_ALGORITHMS))).payload;
      }
      if (config.jwks_url !== undefined && PUBLIC_ALGORITHMS.includes(alg)) {
        const keys = this.keysOf(config.jwks_url);
        const find: Parameters<typeof jwtVerify>[1] = (header, jws) => keys.find(header, jws, config);
        return (await jwtVerify(token, find, this.terms(config, PUBLIC_ALGORITHMS))).payload;
      }
    } catch (error) {
      throw error instanceof AppError ? error : refused(reasonOf(error));
    }
    throw refused('its algorithm is none that gateway.identity takes');
  }

  private terms(config: IdentityConfig, algorithms: readonly string[]): JWTVerifyOptions {
    return {
      algorithms: [...algorithms],
      requiredClaims: ['exp'],
      clockTolerance: config.clock_skew_sec,
      currentDate: new Date(this.clock.now()),
      ...(config.issuer !== undefined && { issuer: config.issuer }),
      ...(config.audience !== undefined && { audience: config.audience }),
    };
  }

  private identityOf(
    payload: JWTPayload,
    { user_claim: claim, clock_skew_sec: skewSec }: IdentityConfig,
  ): SignedIdentity {
    const userId: unknown = Object.hasOwn(payload, claim) ? payload[claim] : undefined;
    if (typeof userId !== 'string' || userId === '') throw refused(`its claim "${claim}" is not a text`);
    const leftMs = ((payload.exp ?? 0) + skewSec) * 1_000 - this.clock.now();
    return Object.freeze({ userId, until: this.clock.monotonic() + leftMs });
  }

  private keysOf(url: string): JwksKeys {
    if (this.keys?.url !== url) this.keys = new JwksKeys(url, this.clock);
    return this.keys;
  }
}

/** Texts of jose tell which claim failed, and nothing of the token. */
function reasonOf(error: unknown): string {
  const code: unknown = Reflect.get(Object(error) as object, 'code');
  if (code === 'ERR_JWT_EXPIRED') return 'it has expired';
  if (code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED') return 'its signature is wrong';
  if (code === 'ERR_JWKS_NO_MATCHING_KEY') return 'its key is not among those of the auth service';
  if (code === 'ERR_JWKS_MULTIPLE_MATCHING_KEYS') return 'it does not say (kid) which key it was signed with';
  if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED' && error instanceof Error) return error.message;
  return 'it is not a JWT';
}

function refused(reason: string): PermissionError {
  return new PermissionError(
    'unauthenticated',
    `The signed identity is refused: ${reason}. Send a valid JWT of the auth service in X-GoClaw-Identity, or identity on connect.`,
  );
}

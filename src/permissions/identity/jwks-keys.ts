import { Logger } from '@nestjs/common';
import type { CryptoKey, FlattenedJWSInput, JWSHeaderParameters, LocalJWKSet } from 'jose';
import { AppError, type Clock } from '#kernel';
import { ErrorCode } from '#protocol';
import type { IdentityConfig } from './identity.config.js';
import { downloadKeys } from './jwks-download.js';

/** After a failure the auth service is left alone for so long. */
const RETRY_MS = 5_000;

type Terms = Pick<IdentityConfig, 'jwks_cache_sec' | 'jwks_stale_sec' | 'jwks_cooldown_sec'>;

interface ReadKeys {
  readonly find: LocalJWKSet;
  /** Monotonic time. */
  readonly at: number;
}

/**
 * The published keys of an auth service. While it does not answer, the last ones are good for a bounded time; a key id
 * that nobody knows makes them be read again, because it may be new.
 */
export class JwksKeys {
  private readonly logger = new Logger('Identity');
  private keys: ReadKeys | undefined;
  private reading: Promise<boolean> | undefined;
  private triedAt = Number.NEGATIVE_INFINITY;
  private failedAt = Number.NEGATIVE_INFINITY;

  constructor(
    readonly url: string,
    private readonly clock: Clock,
  ) {}

  /**
   * The key that a token was signed with, as far as its header tells.
   * @throws AppError UNAVAILABLE while there are no keys; an error of jose when none of them fits
   */
  async find(header: JWSHeaderParameters, token: FlattenedJWSInput, terms: Terms): Promise<CryptoKey> {
    const { find } = await this.current(terms);
    try {
      return await find(header, token);
    } catch (error) {
      if (!isNoMatch(error) || !(await this.lookAgain(terms))) throw error;
      return (this.keys?.find ?? find)(header, token);
    }
  }

  private async current(terms: Terms): Promise<ReadKeys> {
    const age = this.ageMs();
    if (this.keys && age < terms.jwks_cache_sec * 1_000) return this.keys;
    const isUsable = this.keys && age < (terms.jwks_cache_sec + terms.jwks_stale_sec) * 1_000;
    if (this.sinceFailure() >= RETRY_MS) {
      const reading = this.read();
      if (!isUsable) await reading;
    }
    if (this.keys && (isUsable || this.ageMs() < terms.jwks_cache_sec * 1_000)) return this.keys;
    throw new AppError(
      ErrorCode.UNAVAILABLE,
      'The keys of the auth service (gateway.identity.jwks_url) cannot be read at the moment. Try again shortly.',
      { retryAfterMs: Math.max(1_000, RETRY_MS - this.sinceFailure()) },
    );
  }

  /** Whether the keys were read anew. */
  private async lookAgain({ jwks_cooldown_sec: cooldownSec }: Terms): Promise<boolean> {
    if (!this.reading && this.clock.monotonic() - this.triedAt < cooldownSec * 1_000) return false;
    return this.read();
  }

  private read(): Promise<boolean> {
    this.reading ??= this.download().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async download(): Promise<boolean> {
    this.triedAt = this.clock.monotonic();
    try {
      const [set, { createLocalJWKSet }] = await Promise.all([downloadKeys(this.url), import('jose')]);
      this.keys = { find: createLocalJWKSet(set), at: this.clock.monotonic() };
      this.failedAt = Number.NEGATIVE_INFINITY;
      return true;
    } catch (error) {
      this.failedAt = this.clock.monotonic();
      this.logger.warn(`the keys of ${this.url} could not be read: ${reasonOf(error)}`);
      return false;
    }
  }

  private ageMs(): number {
    return this.keys ? this.clock.monotonic() - this.keys.at : Infinity;
  }

  private sinceFailure(): number {
    return this.clock.monotonic() - this.failedAt;
  }
}

function isNoMatch(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, 'code') === 'ERR_JWKS_NO_MATCHING_KEY';
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

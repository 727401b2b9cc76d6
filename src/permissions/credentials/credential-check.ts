import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '#kernel';
import { GatewayToken } from '../gateway-token.js';
import { FailedAttempts } from '../limits/failed-attempts.js';
import { PermissionError } from '../permission.errors.js';
import { digestOf, SecretMatcher } from '../secret-matcher.js';
import { CredentialCache } from './credential-cache.js';
import { type Credentials, GATEWAY_GRANT, type Grant, grantOf } from './grant.js';
import type { KnownCredential } from './known-credential.js';
import { lossOf } from './live-credentials.js';
import { hashOf, isSameHash, KEY_PREFIX, readSender } from './secret-text.js';

/** Checks secrets: the gateway token, API keys, what paired browsers come back with. */
@Injectable()
export class CredentialCheck {
  private readonly token: SecretMatcher;

  constructor(
    @Inject(GatewayToken) token: GatewayToken,
    private readonly cache: CredentialCache,
    private readonly attempts: FailedAttempts,
    private readonly clock: Clock,
  ) {
    this.token = new SecretMatcher(token.value);
  }

  /** @throws PermissionError `unauthenticated`; AppError RESOURCE_EXHAUSTED after too many wrong ones */
  async grantOf({ token, senderId, address }: Credentials): Promise<Grant> {
    if (token) return this.ofToken(token, address);
    if (senderId) return this.ofDevice(senderId, address);
    throw refused(
      'A token is needed: send the gateway token or an API key, over HTTP as "Authorization: Bearer <token>", over the socket as token of connect.',
    );
  }

  private async ofToken(token: string, address: string | undefined): Promise<Grant> {
    const digest = digestOf(token);
    const hash = digest.toString('hex');
    this.attempts.requireCalm(address, hash);
    const isGateway = this.token.matchesDigest(digest);
    const known = isGateway || !token.startsWith(KEY_PREFIX) ? undefined : await this.cache.keyByHash(hash);
    const error = isGateway ? undefined : this.problemOf(known, hash);
    if (error) {
      this.attempts.failed(address);
      throw error;
    }
    this.attempts.succeeded(address, hash);
    return known ? grantOf(known, hash) : GATEWAY_GRANT;
  }

  private problemOf(known: KnownCredential | undefined, hash: string): PermissionError | undefined {
    if (known) return lossOf(known, 'api-key', known, { hash }, this.clock.monotonic());
    return refused(
      'The token is wrong. Check it against the one the gateway was started with, or against your API key.',
    );
  }

  private async ofDevice(text: string, address: string | undefined): Promise<Grant> {
    const sender = readSender(text);
    const hash = hashOf(sender?.secret ?? text);
    this.attempts.requireCalm(address, hash);
    const known = sender && (await this.cache.deviceOf(sender.senderId));
    if (known?.secrets.some((secret) => isSameHash(secret.hash, hash))) {
      this.attempts.succeeded(address, hash);
      return grantOf(known, hash);
    }
    this.attempts.failed(address);
    throw refused('This device is not paired. Connect without a token and sender_id to pair it.');
  }
}

function refused(message: string): PermissionError {
  return new PermissionError('unauthenticated', message);
}

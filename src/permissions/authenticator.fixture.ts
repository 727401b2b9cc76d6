import type { ApiKeyState, ApiKeyStore, PairedDeviceRow, PairingStore } from '#store';
import { DatabaseConfig } from '#store';
import { configOf } from '../../test/support/config.js';
import { ManualClock } from '../../test/support/manual-clock.js';
import type { AuditLog } from './audit/audit-log.js';
import { Authenticator } from './authenticator.js';
import { CredentialCache } from './credentials/credential-cache.js';
import { CredentialCheck } from './credentials/credential-check.js';
import { LastUse } from './credentials/last-use.js';
import { LiveCredentials } from './credentials/live-credentials.js';
import { GatewayConfig } from './gateway.config.js';
import { GatewayToken } from './gateway-token.js';
import { CallerIdentity } from './identity/caller-identity.js';
import { IdentityVerifier } from './identity/identity-verifier.js';
import { FailedAttempts } from './limits/failed-attempts.js';

/** The tables that credentials are read from, with a count of the reads. */
export class ScriptedCredentials {
  readonly keys: ApiKeyState[] = [];
  readonly devices: PairedDeviceRow[] = [];
  reads = 0;
  /** What the database answers with instead, while it is set. */
  failure: Error | undefined;
  readonly used: string[] = [];

  readonly keyStore = {
    stateByHash: (hash: string) =>
      this.read(() =>
        this.keys.find(({ key_hash, previous_hash }) => hash === key_hash || hash === previous_hash),
      ),
    stateById: (id: string) => this.read(() => this.keys.find((key) => key.id === id)),
    touch: async (uses: readonly { id: string }[]) => void this.used.push(...uses.map(({ id }) => id)),
  } as unknown as ApiKeyStore;

  readonly pairingStore = {
    device: (id: string) => this.read(() => this.devices.find((device) => device.id === id)),
    deviceOf: (sender: string) => this.read(() => this.devices.find(({ sender_id }) => sender_id === sender)),
  } as unknown as PairingStore;

  private async read<T>(find: () => T | undefined): Promise<T | undefined> {
    this.reads += 1;
    if (this.failure) throw this.failure;
    return find();
  }
}

export interface AuthenticatorOptions {
  readonly token?: string;
  readonly mode?: 'standalone' | 'managed';
  /** The section `gateway`. */
  readonly gateway?: object;
}

/** Everything that takes part in letting somebody in, on scripted tables and a manual clock. */
export function authenticatorOf({
  token = 'gateway-token-0123',
  mode = 'managed',
  gateway = {},
}: AuthenticatorOptions = {}) {
  const tables = new ScriptedCredentials();
  const clock = new ManualClock();
  // To a cache, something put in at time 0 is something without a time.
  clock.advance(1_000);
  const config = configOf([DatabaseConfig, GatewayConfig], { gateway }, { GOCLAW_MODE: mode });
  const cache = new CredentialCache(tables.keyStore, tables.pairingStore, clock);
  const live = new LiveCredentials(cache, clock);
  const attempts = new FailedAttempts(clock, config);
  const audit = { record: () => undefined } as unknown as AuditLog;
  const authenticator = new Authenticator(
    config,
    new CredentialCheck(new GatewayToken(token, 'configured'), cache, attempts, clock),
    new CallerIdentity(new IdentityVerifier(config, clock)),
    live,
    new LastUse(tables.keyStore, audit, clock),
  );
  return { authenticator, live, tables, clock, cache };
}

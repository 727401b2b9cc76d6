import { CryptoError, SecretBox } from '#crypto';
import { ConfigSecretStore } from './config-secret.store.js';
import { SealedStore } from './sealed.store.js';

/** The secret that is sealed for no other reason than to be opened at the next start. */
const CHECK_KEY = 'goclaw.key-check';
const CHECK_TEXT = 'the key fits';

/** Tells at the start whether the encryption key is the one that sealed what is stored. */
export class KeyCheck {
  constructor(
    private readonly secrets: ConfigSecretStore,
    private readonly sealed: SealedStore,
    private readonly box: SecretBox,
  ) {}

  /** @throws CryptoError `lost-key` when secrets are stored that cannot be opened. */
  async check(): Promise<void> {
    const check = await this.secrets.find(CHECK_KEY);
    if (check !== undefined && this.opens(check)) return;
    const stored = await this.sealed.any(CHECK_KEY);
    // Nothing would be lost with the key before this one.
    const isFree = stored === undefined || (check === undefined && this.opens(stored));
    if (!isFree) throw this.lost();
    if (this.box.hasKey) await this.secrets.put(CHECK_KEY, this.box.seal(CHECK_TEXT));
  }

  private opens(sealed: string): boolean {
    return this.box.stateOf(sealed) !== 'unreadable';
  }

  private lost(): CryptoError {
    const what = this.box.hasKey
      ? 'The encryption key is not the one that sealed the secrets in this database'
      : 'Secrets are stored in this database, and there is no encryption key to open them';
    return new CryptoError(
      'lost-key',
      `${what}. Start with the GOCLAW_ENCRYPTION_KEY that was in use before (on the embedded database: the file ` +
        'encryption-key in the data directory); to change the key, set the old one as GOCLAW_ENCRYPTION_KEY_PREVIOUS ' +
        'and run "goclaw secrets rotate". If it is lost for good, docs/secrets.md says how to go on without it.',
    );
  }
}

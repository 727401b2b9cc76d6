import { Logger } from '@nestjs/common';
import type { ConfigOverlay } from '#config';
import { CryptoError, type SecretBox } from '#crypto';
import type { ConfigOverrideStore, ConfigSecretStore } from '#store';
import { ConfigLayers } from './config-layers.js';

/** Names of secrets that are no part of the configuration. */
const OWN_SECRETS = 'goclaw.';

/** Managed mode: what was changed over the wire, and the sealed secrets. */
export class DatabaseLayers extends ConfigLayers {
  private readonly logger = new Logger('Configuration');

  constructor(
    private readonly overrides: ConfigOverrideStore,
    private readonly secrets: ConfigSecretStore,
    private readonly box: SecretBox,
  ) {
    super();
  }

  override async read(): Promise<ConfigOverlay> {
    const [patch, sealed] = [await this.overrides.read(), await this.secrets.all()];
    return { patch, secrets: this.open(sealed) };
  }

  /** One that cannot be opened is missing: what needs it is closed. */
  open(sealed: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
    const opened = new Map<string, string>();
    for (const [path, text] of sealed) {
      if (path.startsWith(OWN_SECRETS)) continue;
      try {
        opened.set(path, this.box.open(text));
      } catch (error) {
        if (!(error instanceof CryptoError)) throw error;
        this.logger.error(`the secret ${path} cannot be used: ${error.message}`);
      }
    }
    return opened;
  }
}

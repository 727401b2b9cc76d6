import { Injectable } from '@nestjs/common';
import { configSchema, ConfigService, type JsonSchema } from '#config';
import type { Caller } from '#contracts';
import { ConfigStore } from './config-store.js';
import type { ConfigEdit } from './config-edit.js';
import { LiveConfig } from './live-config.js';

/** What became of a change. */
export interface ConfigChangeResult {
  readonly ok: true;
  readonly path: string;
  /** Secrets masked. */
  readonly config: Record<string, unknown>;
  readonly hash: string;
  /** Whether something of it takes effect at the next start only. */
  readonly restart: boolean;
  /** Paths that are in effect already. */
  readonly applied: readonly string[];
  readonly restartRequired: readonly string[];
  /** Paths where a variable of the environment has the last word: the change of them changes nothing here. */
  readonly shadowed: readonly string[];
}

/** Changes the configuration for those who are not at its file. */
@Injectable()
export class ConfigEditor {
  constructor(
    private readonly config: ConfigService,
    private readonly store: ConfigStore,
    private readonly live: LiveConfig,
  ) {}

  /** The JSON Schema of the configuration. */
  schema(): JsonSchema {
    return configSchema(this.config.source?.sections ?? []);
  }

  /**
   * Validates the whole result, writes it down and takes it over, as far as it can be while the gateway runs.
   * @throws LiveConfigError; ConfigError with every issue
   */
  async change(caller: Caller, edit: ConfigEdit): Promise<ConfigChangeResult> {
    const { path, source } = this.config;
    if (!source) throw new TypeError('The configuration has no source.');
    const { plan, next, difference } = await this.store.write(caller, source, edit);
    const { live: applied, restart: restartRequired } = difference;
    await this.live.reload();
    return {
      ok: true,
      path,
      config: next.masked(),
      hash: next.hash(),
      restart: restartRequired.length > 0,
      applied,
      restartRequired,
      shadowed: plan.shadowed,
    };
  }
}

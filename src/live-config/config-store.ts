import type { ConfigDifference, ConfigService } from '#config';
import type { Caller } from '#contracts';
import type { ConfigEdit, EditPlan } from './config-edit.js';

/** A change that is written down. */
export interface WrittenEdit {
  readonly plan: EditPlan;
  /** What is configured now. */
  readonly next: ConfigService;
  readonly difference: ConfigDifference;
}

/** Where changes of the configuration are written down. */
export abstract class ConfigStore {
  /**
   * Writes a change down, with its entry in the audit log.
   * @throws LiveConfigError; ConfigError when the result would not be a valid configuration: nothing is changed.
   */
  abstract write(
    caller: Caller,
    source: NonNullable<ConfigService['source']>,
    edit: ConfigEdit,
  ): Promise<WrittenEdit>;
}

import type { ConfigClass, Environment } from './config-metadata.js';

/** Where a configuration comes from. */
export interface ConfigSource {
  /** The configuration file. A missing one means defaults. */
  readonly path: string;
  /** As it was at the start, with `.env.local`: it does not change while the program runs. */
  readonly env: Environment;
  /** Every section class of the program. */
  readonly sections: readonly ConfigClass[];
}

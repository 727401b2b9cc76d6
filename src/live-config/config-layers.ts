import type { ConfigOverlay } from '#config';

/** What the configuration has besides its file and the environment. */
export abstract class ConfigLayers {
  /** @throws StoreError `unavailable` */
  abstract read(): Promise<ConfigOverlay>;
}

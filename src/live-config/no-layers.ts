import type { ConfigOverlay } from '#config';
import { ConfigLayers } from './config-layers.js';

/** Standalone mode: file and environment are all there is. */
export class NoLayers extends ConfigLayers {
  override read(): Promise<ConfigOverlay> {
    return Promise.resolve({});
  }
}

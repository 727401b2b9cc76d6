import type { ConfigService } from '#config';
import { Engine } from './engine/engine.js';

export interface EngineProbe {
  readonly version: string;
  /** Of the images that were asked for, those that the engine lacks. */
  readonly missing: readonly string[];
}

/** Asks the engine whether sandboxes of these images could be made. @throws CommandError when it does not answer */
export async function probeEngine(config: ConfigService, images: readonly string[]): Promise<EngineProbe> {
  const engine = new Engine(config);
  const version = await engine.version();
  const found = await Promise.all(images.map((image) => engine.hasImage(image)));
  return { version, missing: images.filter((_, index) => found[index] === false) };
}

import type { ConfigSource } from './config-source.js';
import { joinPath } from './config-path.js';
import { type Leaf, shapeOf } from './config-shape.js';

/** Of these places, the paths of those where the environment has the last word. */
export function shadowedPaths({ env, sections }: ConfigSource, leaves: Iterable<Leaf>): string[] {
  const root = shapeOf(sections);
  return [...leaves].flatMap(({ keys, property }) => {
    const variable = property?.meta.env;
    const [section = '', name = '', key = ''] = keys;
    const shape = root.properties.get(section)?.shape;
    const fromEnv = shape?.kind === 'map' ? shape.fromEnv?.(env)[name] : undefined;
    const isShadowed =
      (variable !== undefined && (env[variable] ?? '') !== '') ||
      (fromEnv !== undefined && Object.hasOwn(fromEnv, key));
    return isShadowed ? [joinPath(keys)] : [];
  });
}

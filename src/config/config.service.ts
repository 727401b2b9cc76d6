import { createHash } from 'node:crypto';
import { type ConfigClass, propertiesOf, sectionOf } from './config-metadata.js';

export const MASK = '***';

/** The validated configuration. Deep-frozen; each module asks for its own section class. */
export class ConfigService {
  constructor(
    /** The file that it came from (it may not exist). */
    readonly path: string,
    private readonly sections: ReadonlyMap<ConfigClass, object>,
    /** What a person should know about the file; secrets are never in it. */
    readonly warnings: readonly string[],
  ) {
    for (const section of sections.values()) deepFreeze(section);
  }

  /** The resolved section of this class. */
  get<T extends object>(type: ConfigClass<T>): Readonly<T> {
    const section = this.sections.get(type);
    if (!(section instanceof type))
      throw new TypeError(`${type.name} is not registered as a configuration section.`);
    return section;
  }

  /** The whole configuration in the shape of the file, with every secret masked. */
  masked(): Record<string, unknown> {
    return this.plain(MASK);
  }

  /** First 8 bytes of SHA-256 over the configuration, as 16 hex digits: changes whenever a value changes. */
  hash(): string {
    return createHash('sha256')
      .update(JSON.stringify(this.plain(undefined)))
      .digest('hex')
      .slice(0, 16);
  }

  private plain(mask: string | undefined): Record<string, unknown> {
    const result: Record<string, Record<string, unknown>> = {};
    for (const [type, section] of this.sections) {
      const { key, mapOf } = sectionOf(type);
      const part = mapOf
        ? plainMap(mapOf(), Reflect.get(section, 'entries'), mask)
        : plainObject(type, section, mask);
      result[key] = { ...result[key], ...part };
    }
    return result;
  }
}

function plainObject(type: ConfigClass, instance: object, mask: string | undefined): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, meta] of propertiesOf(type)) {
    const value: unknown = Reflect.get(instance, key);
    if (value === undefined) continue;
    if (meta.nested && typeof value === 'object' && value)
      result[key] = plainObject(meta.nested(), value, mask);
    else if (meta.mapOf) result[key] = plainMap(meta.mapOf(), value, mask);
    else if (meta.secret && mask !== undefined) result[key] = value === '' ? '' : mask;
    else if (meta.secret) result[key] = createHash('sha256').update(JSON.stringify(value)).digest('hex');
    else result[key] = value;
  }
  return result;
}

function plainMap(type: ConfigClass, entries: unknown, mask: string | undefined): Record<string, unknown> {
  if (typeof entries !== 'object' || entries === null) return {};
  return Object.fromEntries(
    Object.entries(entries).map(([name, value]) => [name, plainObject(type, value as object, mask)]),
  );
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
}

import { type ConfigClass, propertiesOf, sectionOf } from './config-metadata.js';

/** The objects of a configuration, by their classes. */
export type Sections = ReadonlyMap<ConfigClass, object>;

/** What stands for a secret. */
type ShowSecret = (value: string) => string;

/** A configuration in the shape of its file. An empty secret is shown as that. */
export function plainConfig(sections: Sections, show: ShowSecret): Record<string, unknown> {
  const result: Record<string, Record<string, unknown>> = {};
  for (const [type, section] of sections) {
    const { key, mapOf } = sectionOf(type);
    const part = mapOf
      ? plainMap(mapOf(), Reflect.get(section, 'entries'), show)
      : plainObject(type, section, show);
    result[key] = { ...result[key], ...part };
  }
  return result;
}

function plainObject(type: ConfigClass, instance: object, show: ShowSecret): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, meta] of propertiesOf(type)) {
    const value: unknown = Reflect.get(instance, key);
    if (value === undefined) continue;
    if (meta.nested && typeof value === 'object' && value)
      result[key] = plainObject(meta.nested(), value, show);
    else if (meta.mapOf) result[key] = plainMap(meta.mapOf(), value, show);
    else if (meta.secretMap) result[key] = plainSecrets(value, show);
    else if (meta.secret)
      result[key] = value === '' ? '' : show(typeof value === 'string' ? value : JSON.stringify(value));
    else result[key] = value;
  }
  return result;
}

function plainSecrets(entries: unknown, show: ShowSecret): Record<string, unknown> {
  if (typeof entries !== 'object' || entries === null) return {};
  return Object.fromEntries(
    Object.entries(entries).map(([name, value]) => [name, value === '' ? '' : show(String(value))]),
  );
}

function plainMap(type: ConfigClass, entries: unknown, show: ShowSecret): Record<string, unknown> {
  if (typeof entries !== 'object' || entries === null) return {};
  return Object.fromEntries(
    Object.entries(entries).map(([name, value]) => [name, plainObject(type, value as object, show)]),
  );
}

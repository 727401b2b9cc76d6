import { type ConfigClass, propertiesOf, sectionOf } from './config-metadata.js';
import type { Sections } from './plain-config.js';

/** The configuration that runs after `next` was adopted: what needs a restart is as it was. */
export function runningSections(running: Sections, next: Sections): Sections {
  const result = new Map<ConfigClass, object>();
  for (const [type, section] of next) {
    const before = running.get(type) ?? section;
    const { live = false, mapOf } = sectionOf(type);
    result.set(type, mapOf ? (live ? section : before) : runningObject(type, before, section, live));
  }
  return result;
}

function runningObject(type: ConfigClass, before: object, next: object, isLive: boolean): object {
  const result = Object.assign(Object.create(Object.getPrototypeOf(next) as object), next) as object;
  for (const [key, meta] of propertiesOf(type)) {
    const live = meta.live ?? isLive;
    const [was, is] = [Reflect.get(before, key) as unknown, Reflect.get(next, key) as unknown];
    if (meta.nested && typeof was === 'object' && was && typeof is === 'object' && is)
      Reflect.set(result, key, runningObject(meta.nested(), was, is, live));
    else if (!live) Reflect.set(result, key, was);
  }
  return result;
}

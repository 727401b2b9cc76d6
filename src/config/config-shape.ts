import {
  type ConfigClass,
  type Environment,
  type PropertyMetadata,
  propertiesOf,
  sectionOf,
} from './config-metadata.js';
import { isDocument } from './documents.js';

/** What may stand at a place of the configuration: known keys, free names, or a value. */
export type Shape = ObjectShape | MapShape | SecretsShape | ValueShape;

export interface ObjectShape {
  readonly kind: 'object';
  readonly properties: ReadonlyMap<string, PropertyShape>;
}

export interface MapShape {
  readonly kind: 'map';
  readonly of: ObjectShape;
  readonly fromEnv?: (env: Environment) => Record<string, Record<string, unknown>>;
}

/** Secrets under free names. */
export interface SecretsShape {
  readonly kind: 'secrets';
  readonly each: PropertyShape;
}

export interface ValueShape {
  readonly kind: 'value';
}

export interface PropertyShape {
  readonly shape: Shape;
  /** The class that declares it; absent for a section as a whole. */
  readonly owner?: ConfigClass;
  readonly meta: PropertyMetadata;
  /** Whether a change takes effect while the gateway runs. */
  readonly live: boolean;
  readonly beforeDatabase: boolean;
  /** It has a free name in an object of its own. */
  readonly isInMap?: true;
}

/** One value of a document, and what is known of its place. */
export interface Leaf {
  readonly keys: readonly string[];
  readonly value: unknown;
  /** `undefined`: no such place. */
  readonly property: PropertyShape | undefined;
}

interface Inherited {
  readonly live: boolean;
  readonly beforeDatabase: boolean;
}

/** The shape of the whole file: classes of one section together are that section. */
export function shapeOf(sections: readonly ConfigClass[]): ObjectShape {
  const properties = new Map<string, PropertyShape>();
  for (const type of sections) {
    const { key, mapOf, fromEnv, live = false, beforeDatabase = false } = sectionOf(type);
    const inherited = { live, beforeDatabase };
    const known = properties.get(key)?.shape;
    const shape: Shape = mapOf
      ? { kind: 'map', of: objectShape(mapOf(), inherited), ...(fromEnv && { fromEnv }) }
      : joined(known, objectShape(type, inherited));
    properties.set(key, { shape, meta: {}, ...inherited });
  }
  return { kind: 'object', properties };
}

/** What is known of a place; `undefined`: there is no such place. */
export function propertyAt(root: ObjectShape, keys: readonly string[]): PropertyShape | undefined {
  let shape: Shape = root;
  let found: PropertyShape | undefined;
  for (const key of keys) {
    if (shape.kind === 'map') shape = shape.of;
    else {
      found = belowOf(shape, key);
      if (!found) return undefined;
      shape = found.shape;
    }
  }
  return found;
}

/** Every value of a document, with its place. An object where a value belongs (or is unknown) is one value. */
export function* leavesOf(shape: Shape, document: unknown, keys: readonly string[] = []): Generator<Leaf> {
  if (shape.kind === 'value' || !isDocument(document)) return;
  for (const [key, value] of Object.entries(document)) {
    const at = [...keys, key];
    const property = belowOf(shape, key);
    const below = shape.kind === 'map' ? shape.of : property?.shape;
    if (below && below.kind !== 'value' && isDocument(value)) yield* leavesOf(below, value, at);
    else yield { keys: at, value, property };
  }
}

/** The dotted names of every known place of a value; `<name>` stands for a free name. */
export function* placesOf(
  shape: Shape,
  keys: readonly string[] = [],
): Generator<{ readonly keys: readonly string[]; readonly property: PropertyShape }> {
  if (shape.kind === 'map') yield* placesOf(shape.of, [...keys, '<name>']);
  if (shape.kind === 'secrets') yield { keys: [...keys, '<name>'], property: shape.each };
  if (shape.kind !== 'object') return;
  for (const [key, property] of shape.properties) {
    if (property.shape.kind === 'value') yield { keys: [...keys, key], property };
    else yield* placesOf(property.shape, [...keys, key]);
  }
}

function belowOf(shape: Shape, key: string): PropertyShape | undefined {
  if (shape.kind === 'secrets') return shape.each;
  return shape.kind === 'object' ? shape.properties.get(key) : undefined;
}

function objectShape(type: ConfigClass, inherited: Inherited): ObjectShape {
  const properties = new Map<string, PropertyShape>();
  for (const [key, meta] of propertiesOf(type)) {
    const own = { ...inherited, live: meta.live ?? inherited.live };
    properties.set(key, { shape: shapeBelow(type, meta, own), owner: type, meta, ...own });
  }
  return { kind: 'object', properties };
}

function shapeBelow(owner: ConfigClass, meta: PropertyMetadata, inherited: Inherited): Shape {
  if (meta.secretMap) return { kind: 'secrets', each: secretOf(owner, meta, inherited) };
  if (meta.nested) return objectShape(meta.nested(), inherited);
  if (meta.mapOf) return { kind: 'map', of: objectShape(meta.mapOf(), inherited) };
  return { kind: 'value' };
}

/** Its address is beside the object that it is in. */
function secretOf(owner: ConfigClass, { sentTo }: PropertyMetadata, inherited: Inherited): PropertyShape {
  const meta = { secret: true, ...(sentTo !== undefined && { sentTo }) };
  return { shape: { kind: 'value' }, owner, meta, isInMap: true, ...inherited };
}

function joined(known: Shape | undefined, more: ObjectShape): ObjectShape {
  const properties = known?.kind === 'object' ? known.properties : new Map<string, PropertyShape>();
  return { kind: 'object', properties: new Map([...properties, ...more.properties]) };
}

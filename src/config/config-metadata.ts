import 'reflect-metadata';
import { getMetadataStorage } from 'class-validator';

/** A class whose properties are the keys of one section (or of an object inside it), with their defaults. */
export type ConfigClass<T extends object = object> = new () => T;

export type Environment = Readonly<Record<string, string | undefined>>;

export interface SectionOptions {
  /** The section is a map from free names to this class; it is kept in the property `entries`. */
  readonly mapOf?: () => ConfigClass;
  /** Changes of its properties take effect while the gateway runs, but for those that say otherwise. */
  readonly live?: boolean;
  /** Is needed before the database is open: it cannot come from there. */
  readonly beforeDatabase?: boolean;
  /** Raw values that the environment adds to a map section, by name. */
  readonly fromEnv?: (env: Environment) => Record<string, Record<string, unknown>>;
}

export interface SectionMetadata extends SectionOptions {
  readonly key: string;
}

export interface PropertyMetadata {
  env?: string;
  envOnly?: boolean;
  secret?: boolean;
  /** The property beside a secret that says to whom it is sent. */
  sentTo?: string;
  nested?: () => ConfigClass;
  mapOf?: () => ConfigClass;
  /** An object of texts under free names, each of them a secret. */
  secretMap?: boolean;
  live?: boolean;
  description?: string;
}

const SECTION = Symbol('goclaw:config-section');
const PROPERTIES = Symbol('goclaw:config-properties');

/**
 * Declares a class as (part of) the section `key` of the configuration file. Several modules may each declare a
 * class for one key: each sees its own properties, together they are the section.
 */
export function ConfigSection(key: string, options: SectionOptions = {}): ClassDecorator {
  return (target) => Reflect.defineMetadata(SECTION, { key, ...options }, target);
}

export function sectionOf(type: ConfigClass): SectionMetadata {
  const section = Reflect.getMetadata(SECTION, type) as SectionMetadata | undefined;
  if (!section) throw new TypeError(`${type.name} is no configuration section: add @ConfigSection to it.`);
  return section;
}

/** A non-empty environment variable overrides the file. Lists are separated by commas. */
export function Env(name: string): PropertyDecorator {
  return mark({ env: name });
}

/** Comes from the environment alone; the key is refused in the file. */
export function EnvOnly(name: string): PropertyDecorator {
  return mark({ env: name, envOnly: true });
}

/**
 * Masked wherever the configuration is shown, and never written to a file. `sentTo`: the property beside it with the
 * URL to which it is sent; who changes that over the wire must know the secret.
 */
export function Secret({ sentTo }: { readonly sentTo?: string } = {}): PropertyDecorator {
  return mark({ secret: true, ...(sentTo !== undefined && { sentTo }) });
}

/** An object with keys of its own. */
export function Nested(type: () => ConfigClass): PropertyDecorator {
  return mark({ nested: type });
}

/** An object that maps free names to objects of one class. */
export function NestedMap(type: () => ConfigClass): PropertyDecorator {
  return mark({ mapOf: type });
}

/** What a person reads beside the field in a form, where its name does not say it all. With units. */
export function Describe(description: string): PropertyDecorator {
  return mark({ description });
}

/** An object of texts under free names (variables, headers), each of them a secret as {@link Secret} has it. */
export function SecretMap({ sentTo }: { readonly sentTo?: string } = {}): PropertyDecorator {
  return mark({ secretMap: true, ...(sentTo !== undefined && { sentTo }) });
}

/** A change takes effect at the next start. So it is where nothing is said; needed inside of what is live. */
export function Restart(): PropertyDecorator {
  return mark({ live: false });
}

function mark(addition: PropertyMetadata): PropertyDecorator {
  return (prototype, property) => {
    const own = new Map(properties(prototype));
    own.set(String(property), { ...own.get(String(property)), ...addition });
    Reflect.defineMetadata(PROPERTIES, own, prototype);
  };
}

function properties(prototype: object): ReadonlyMap<string, PropertyMetadata> {
  return (
    (Reflect.getMetadata(PROPERTIES, prototype) as Map<string, PropertyMetadata> | undefined) ?? new Map()
  );
}

/** Every key of a configuration class: the decorated and the validated ones. */
export function propertiesOf(type: ConfigClass): ReadonlyMap<string, PropertyMetadata> {
  const all = new Map(properties(type.prototype as object));
  for (const { propertyName } of getMetadataStorage().getTargetValidationMetadatas(type, '', true, false)) {
    if (!all.has(propertyName)) all.set(propertyName, {});
  }
  return all;
}

/** The declared type of a property: `String`, `Number`, `Boolean`, `Array`, … */
export function declaredType(type: ConfigClass, property: string): unknown {
  return Reflect.getMetadata('design:type', type.prototype as object, property);
}

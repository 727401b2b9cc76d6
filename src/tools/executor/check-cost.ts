import type { JsonSchema } from '#contracts';

/** Nobody's arguments are deeper in one another. */
const DEPTH_MAX = 64;

/** All of these are tried on the same value. */
const IN_PLACE = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else'];
const IN_PLACE_BY_NAME = ['dependentSchemas', 'dependencies'];
/** All of these are tried on each value within. */
const WITHIN = [
  'items',
  'prefixItems',
  'contains',
  'additionalProperties',
  'additionalItems',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
];
const WITHIN_BY_NAME = ['patternProperties'];
/** What leads elsewhere than a pointer says. */
const UNKNOWN_PLACES = ['$dynamicRef', '$recursiveRef'];

/**
 * How many schemas are tried at most when arguments are checked: for one value, along the way to it, times the values.
 * Schemas that refer to each other can be made to take for ever, and MCP servers write them.
 */
export function checkCost(schema: JsonSchema, args: unknown): number {
  const { values, depth } = sizeOf(args);
  return depth > DEPTH_MAX ? Infinity : values * new SchemaCost(schema).of(schema, depth);
}

function sizeOf(args: unknown): { readonly values: number; readonly depth: number } {
  let values = 0;
  let depth = 0;
  for (let level: unknown[] = [args]; level.length > 0 && depth <= DEPTH_MAX; depth += 1) {
    values += level.length;
    level = level.flatMap((value) => (isObject(value) ? Object.values(value) : []));
  }
  return { values, depth };
}

class SchemaCost {
  private readonly known = new Map<object, number[]>();
  private readonly open = new Set<string>();
  private readonly ids = new Map<object, number>();

  constructor(private readonly root: JsonSchema) {}

  /** `depth`: how many values may be in one another from here on. */
  of(schema: unknown, depth: number): number {
    if (!isObject(schema) || depth === 0) return 1;
    const costs = this.known.get(schema) ?? [];
    this.known.set(schema, costs);
    return (costs[depth] ??= this.fresh(schema, depth));
  }

  private fresh(schema: Readonly<Record<string, unknown>>, depth: number): number {
    const isElsewhere = schema !== this.root && schema['$id'] !== undefined;
    if (isElsewhere || UNKNOWN_PLACES.some((key) => schema[key] !== undefined)) return Infinity;
    // Back at the same schema with the same value: without end.
    const step = `${this.idOf(schema)} ${depth}`;
    if (this.open.has(step)) return Infinity;
    this.open.add(step);
    const here = [...under(schema, IN_PLACE), ...named(schema, IN_PLACE_BY_NAME), ...this.referred(schema)];
    const within = [...under(schema, WITHIN), ...named(schema, WITHIN_BY_NAME)];
    const properties = named(schema, ['properties']).map((one) => this.of(one, depth - 1));
    const cost =
      1 +
      here.reduce<number>((sum, one) => sum + this.of(one, depth), 0) +
      within.reduce<number>((sum, one) => sum + this.of(one, depth - 1), 0) +
      properties.reduce((most, one) => Math.max(most, one), 0);
    this.open.delete(step);
    return cost;
  }

  private referred({ $ref: ref }: Readonly<Record<string, unknown>>): unknown[] {
    if (ref === undefined) return [];
    return [typeof ref === 'string' ? (this.at(ref) ?? { $dynamicRef: ref }) : { $dynamicRef: '' }];
  }

  private at(ref: string): unknown {
    if (!/^#(\/[^%]*)?$/.test(ref)) return undefined;
    let node: unknown = this.root;
    for (const part of ref.split('/').slice(1)) {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
      node = isObject(node) && Object.hasOwn(node, name) ? node[name] : undefined;
    }
    return node;
  }

  private idOf(schema: object): number {
    const id = this.ids.get(schema) ?? this.ids.size;
    this.ids.set(schema, id);
    return id;
  }
}

function under(schema: Readonly<Record<string, unknown>>, keys: readonly string[]): unknown[] {
  return keys.flatMap((key) => {
    const value = schema[key];
    return Array.isArray(value) ? (value as unknown[]) : value === undefined ? [] : [value];
  });
}

function named(schema: Readonly<Record<string, unknown>>, keys: readonly string[]): unknown[] {
  return keys.flatMap((key) => {
    const value = schema[key];
    return isObject(value) ? Object.values(value) : [];
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

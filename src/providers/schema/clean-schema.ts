import type { JsonSchema } from '#contracts';
import { isJsonObject, type JsonObject } from '../http/json.js';
import { REFUSED_KEYWORDS, type SchemaStyle } from './schema-style.js';

/** How often a definition that contains itself is put into itself. */
const MAX_REF_DEPTH = 4;

/** Keywords whose value maps free names to schemas: a property may well be called `default`. */
const NAMED_SCHEMAS: ReadonlySet<string> = new Set(['properties', 'patternProperties', 'dependentSchemas']);
const DEFINITIONS: ReadonlySet<string> = new Set(['$defs', 'definitions']);
/** Keywords whose value is data, not schema. */
const DATA: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'examples', 'required']);

/** A schema without the keywords that the vendor refuses; local references are replaced by their targets. */
export function cleanSchema(schema: JsonSchema, style: SchemaStyle): JsonSchema {
  const refused = REFUSED_KEYWORDS[style];
  return refused.size === 0 ? schema : new Cleaner(schema, refused).schema(schema, 0);
}

class Cleaner {
  constructor(
    private readonly root: JsonSchema,
    private readonly refused: ReadonlySet<string>,
  ) {}

  schema(schema: JsonObject, depth: number): JsonObject {
    const ref = schema['$ref'];
    if (typeof ref === 'string' && this.refused.has('$ref')) return this.inline(schema, ref, depth);
    const kept: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(schema)) {
      if (this.refused.has(key) || (DEFINITIONS.has(key) && this.refused.has('$defs'))) continue;
      kept[key] = DATA.has(key) ? value : this.value(key, value, depth);
    }
    return kept;
  }

  private value(key: string, value: unknown, depth: number): unknown {
    if (Array.isArray(value))
      return value.map((item: unknown) => (isJsonObject(item) ? this.schema(item, depth) : item));
    if (!isJsonObject(value)) return value;
    if (!NAMED_SCHEMAS.has(key)) return this.schema(value, depth);
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name,
        isJsonObject(inner) ? this.schema(inner, depth) : inner,
      ]),
    );
  }

  private inline(schema: JsonObject, ref: string, depth: number): JsonObject {
    const { $ref: _, ...siblings } = schema;
    const target = depth < MAX_REF_DEPTH ? this.resolve(ref) : undefined;
    return { ...(target ? this.schema(target, depth + 1) : {}), ...this.schema(siblings, depth) };
  }

  /** The target of a local reference: `#`, or a path such as `#/$defs/Node`. */
  private resolve(ref: string): JsonObject | undefined {
    if (!ref.startsWith('#')) return undefined;
    let node: unknown = this.root;
    for (const step of ref.split('/').slice(1)) {
      const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
      if (!isJsonObject(node) || !Object.hasOwn(node, name)) return undefined;
      node = node[name];
    }
    return isJsonObject(node) ? node : undefined;
  }
}

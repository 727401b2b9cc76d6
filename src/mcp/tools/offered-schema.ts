import type { JsonSchema } from '#contracts';
import { SCHEMA_MAX_CHARS, SCHEMA_MAX_DEPTH, SCHEMA_MAX_NODES } from '../mcp.limits.js';

/** Vendors refuse these beside `type: object`, and one refused tool makes the whole request fail. */
const REFUSED_ON_TOP = ['anyOf', 'oneOf', 'allOf', 'not', 'enum', 'if', 'then', 'else'];
const PROPERTY_NAME = /^[A-Za-z0-9_.-]{1,64}$/;
const TYPES: ReadonlySet<string> = new Set([
  'string',
  'number',
  'integer',
  'boolean',
  'object',
  'array',
  'null',
]);
/** Keywords whose value maps free names to schemas. */
const NAMED = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);
/** Keywords whose value is data. */
const DATA = new Set(['enum', 'const', 'default', 'examples', 'required', 'dependentRequired']);

/** Takes whatever the server takes: the server checks the arguments itself. */
const ANYTHING: JsonSchema = { type: 'object', properties: {}, additionalProperties: true };

/**
 * The schema of a tool's arguments as it is shown to models and checked. What is no schema that vendors take is
 * replaced by one that takes everything; the server checks the arguments in any case.
 */
export function offeredSchema(given: unknown): { readonly schema: JsonSchema; readonly isReplaced: boolean } {
  if (!isObject(given) || !isUsable(given)) return { schema: ANYTHING, isReplaced: true };
  const kept = Object.entries(given).filter(([key]) => key !== '$schema' && !REFUSED_ON_TOP.includes(key));
  const schema = { ...Object.fromEntries(kept), type: 'object' };
  return { schema: 'properties' in schema ? schema : { ...schema, properties: {} }, isReplaced: false };
}

function isUsable(schema: Record<string, unknown>): boolean {
  if (schema['type'] !== undefined && schema['type'] !== 'object') return false;
  const properties = schema['properties'];
  if (properties !== undefined && !isObject(properties)) return false;
  if (!Object.keys(properties ?? {}).every((name) => PROPERTY_NAME.test(name))) return false;
  const required = schema['required'];
  if (required !== undefined && !isTexts(required)) return false;
  return new SchemaWalk(schema).isSound() && isSmall(schema);
}

/** Looks at every part of a schema: a bounded number of them, to a bounded depth. */
class SchemaWalk {
  private nodes = 0;

  constructor(private readonly root: Record<string, unknown>) {}

  isSound(): boolean {
    return this.isSchema(this.root, 0);
  }

  private isSchema(node: unknown, depth: number): boolean {
    if (typeof node === 'boolean') return depth > 0;
    this.nodes += 1;
    if (!isObject(node) || depth > SCHEMA_MAX_DEPTH || this.nodes > SCHEMA_MAX_NODES) return false;
    if (!isType(node['type']) || !this.resolves(node['$ref'])) return false;
    return Object.entries(node).every(([key, value]) => this.isKeyword(key, value, depth));
  }

  private isKeyword(key: string, value: unknown, depth: number): boolean {
    if (DATA.has(key)) return key !== 'enum' || Array.isArray(value);
    if (NAMED.has(key))
      return isObject(value) && Object.values(value).every((one) => this.isSchema(one, depth + 1));
    if (Array.isArray(value)) return value.every((one) => !isObject(one) || this.isSchema(one, depth + 1));
    return !isObject(value) || this.isSchema(value, depth + 1);
  }

  /** Only what the schema itself holds: nothing is fetched. */
  private resolves(ref: unknown): boolean {
    if (ref === undefined) return true;
    if (typeof ref !== 'string' || !/^#(\/|$)/.test(ref)) return false;
    let node: unknown = this.root;
    for (const step of ref.split('/').slice(1)) {
      const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
      if (!isObject(node) || !Object.hasOwn(node, name)) return false;
      node = node[name];
    }
    return true;
  }
}

function isType(type: unknown): boolean {
  if (type === undefined) return true;
  const types = Array.isArray(type) ? (type as unknown[]) : [type];
  return types.length > 0 && types.every((one) => typeof one === 'string' && TYPES.has(one));
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isSmall(schema: object): boolean {
  return JSON.stringify(schema).length <= SCHEMA_MAX_CHARS;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

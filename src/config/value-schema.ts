import { getMetadataStorage } from 'class-validator';
import type { ConfigClass } from './config-metadata.js';

/** A schema as JSON has it (draft 2020-12). */
export type JsonSchema = Record<string, unknown>;

/** What the validation rules of a property say, in terms of JSON Schema. Rules without a counterpart add nothing. */
export function valueSchema(type: ConfigClass, property: string): JsonSchema {
  const rules = getMetadataStorage()
    .getTargetValidationMetadatas(type, '', true, false)
    .filter(({ propertyName }) => propertyName === property);
  const schema: JsonSchema = {};
  const items: JsonSchema = {};
  for (const { name, each, constraints } of rules) {
    Object.assign(each ? items : schema, keywordsOf(name, asList(constraints)));
  }
  // Whether a rule is for the whole list or each entry of it, class-validator says by `each`.
  return Object.keys(items).length > 0 ? { type: 'array', ...schema, items } : schema;
}

function keywordsOf(name: string | undefined, [first, second]: readonly unknown[]): JsonSchema {
  switch (name) {
    case 'isString':
      return { type: 'string' };
    case 'isUrl':
      return { type: 'string', format: 'uri' };
    case 'isBoolean':
      return { type: 'boolean' };
    case 'isInt':
      return { type: 'integer' };
    case 'isNumber':
      return { type: 'number' };
    case 'isArray':
      return { type: 'array' };
    case 'isObject':
      return { type: 'object' };
    case 'isIn':
      return { enum: asList(first) };
    case 'min':
      return { minimum: first };
    case 'max':
      return { maximum: first };
    case 'minLength':
      return { minLength: first };
    case 'maxLength':
      return { maxLength: first };
    case 'isLength':
      return { minLength: first, ...(second !== undefined && { maxLength: second }) };
    case 'arrayMaxSize':
      return { maxItems: first };
    case 'arrayMinSize':
      return { minItems: first };
    case 'arrayUnique':
      return { uniqueItems: true };
    default:
      return {};
  }
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

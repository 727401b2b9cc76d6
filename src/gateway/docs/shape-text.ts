import type { Json } from './async-api.js';

const REFERENCE = '#/components/schemas/';

/** A JSON schema in the notation of TypeScript's types, for people. */
export function shapeText(schema: unknown, indent = ''): string {
  const { $ref, enum: values, anyOf, type, properties, items, additionalProperties } = asJson(schema);
  if (typeof $ref === 'string') return $ref.replace(REFERENCE, '');
  if (Object.hasOwn(asJson(schema), 'const')) return JSON.stringify(asJson(schema)['const']);
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' | ');
  if (Array.isArray(anyOf)) return anyOf.map((one) => shapeText(one, indent)).join(' | ');
  if (Array.isArray(type)) return type.join(' | ');
  if (type === 'array') return listText(shapeText(items, indent));
  if (properties) return objectText(asJson(schema), indent);
  if (type === 'object' && typeof additionalProperties === 'object' && additionalProperties)
    return `{ [name: string]: ${shapeText(additionalProperties, indent)} }`;
  if (type === 'object') return '{}';
  return typeof type === 'string' ? type : 'unknown';
}

function objectText(schema: Json, indent: string): string {
  const required = schema['required'];
  const needed = new Set(Array.isArray(required) ? required : []);
  const inner = `${indent}  `;
  const lines = Object.entries(asJson(schema['properties'])).flatMap(([name, value]) => {
    const description = asJson(value)['description'];
    const comment =
      typeof description === 'string' ? [`${inner}// ${description.replaceAll('\n', ' ')}`] : [];
    return [...comment, `${inner}${name}${needed.has(name) ? '' : '?'}: ${shapeText(value, inner)};`];
  });
  return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${indent}}`;
}

function listText(item: string): string {
  return /^[\w.]+$/.test(item) || item.startsWith('{') ? `${item}[]` : `(${item})[]`;
}

function asJson(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

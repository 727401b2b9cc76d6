import type { ConfigClass } from './config-metadata.js';
import { type ObjectShape, type PropertyShape, type Shape, shapeOf } from './config-shape.js';
import { type JsonSchema, valueSchema } from './value-schema.js';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/**
 * The JSON Schema of the configuration file, made of its classes: what the gateway would refuse, this refuses, but for
 * rules that JSON Schema cannot say. `x-restart: true` marks what takes effect at the next start, `writeOnly` secrets,
 * `x-env` the variable of the environment that wins.
 */
export function configSchema(sections: readonly ConfigClass[]): JsonSchema {
  return {
    $schema: DIALECT,
    title: 'GoClaw configuration',
    ...objectSchema(shapeOf(sections)),
  };
}

function schemaOf(shape: Shape): JsonSchema {
  if (shape.kind === 'secrets')
    return { type: 'object', additionalProperties: { type: 'string', writeOnly: true } };
  if (shape.kind === 'map') return { type: 'object', additionalProperties: objectSchema(shape.of) };
  return shape.kind === 'object' ? objectSchema(shape) : {};
}

function objectSchema({ properties }: ObjectShape): JsonSchema {
  const shown = [...properties].filter(([, { meta }]) => !meta.envOnly);
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(shown.map(([key, property]) => [key, propertySchema(key, property)])),
  };
}

function propertySchema(key: string, { shape, owner, meta, live }: PropertyShape): JsonSchema {
  const isValue = shape.kind === 'value';
  const preset: unknown = owner && isValue ? Reflect.get(new owner(), key) : undefined;
  return {
    ...(isValue && owner ? valueSchema(owner, key) : schemaOf(shape)),
    ...(meta.description !== undefined && { description: meta.description }),
    ...(preset !== undefined && !meta.secret && { default: preset }),
    ...(meta.secret && { writeOnly: true }),
    ...(meta.env !== undefined && { 'x-env': meta.env }),
    ...(isValue && !live && { 'x-restart': true }),
  };
}

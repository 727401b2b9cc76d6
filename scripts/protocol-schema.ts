import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createGenerator } from 'ts-json-schema-generator';

/** `npm run docs:protocol`: writes the JSON schema of everything that travels over the socket from its types. */

interface Schema {
  properties?: Record<string, Schema>;
  required?: string[];
  description?: string;
  definitions?: Record<string, Schema>;
  not?: object;
  [key: string]: unknown;
}

const SOURCE = fileURLToPath(new URL('../libs/protocol/index.ts', import.meta.url));
export const SCHEMA_FILE = fileURLToPath(
  new URL('../src/gateway/docs/protocol.schema.json', import.meta.url),
);

/** The text of the file, from the types as they are now. */
export function protocolSchema(): string {
  const generator = createGenerator({
    path: SOURCE,
    tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)),
    skipTypeCheck: true,
    topRef: false,
    additionalProperties: true,
  });
  const [methods, events, error] = ['Methods', 'EventPayloads', 'ErrorShape'].map(
    (type) => generator.createSchema(type) as Schema,
  );
  const schemas = { ...methods?.definitions, ...events?.definitions, ...error?.definitions };
  const { definitions: _, $schema: __, ...errorShape } = error ?? {};
  const document = {
    methods: mapped(methods?.properties, ({ properties, description }) => ({
      ...(description !== undefined && { description }),
      params: present(properties?.['params']),
      result: present(properties?.['result']),
    })),
    events: mapped(events?.properties, ({ description, ...payload }) => ({
      ...(description !== undefined && { description }),
      payload: present(payload),
    })),
    schemas: sorted(
      Object.fromEntries(
        Object.entries({ ...schemas, ErrorShape: errorShape }).map(([name, schema]) => [
          plainName(name),
          schema,
        ]),
      ),
    ),
  };
  return `${JSON.stringify(document, shown, 2)}\n`;
}

function mapped<R>(
  properties: Record<string, Schema> | undefined,
  map: (schema: Schema) => R,
): Record<string, R> {
  return sorted(
    Object.fromEntries(Object.entries(properties ?? {}).map(([name, schema]) => [name, map(schema)])),
  );
}

function sorted<V>(values: Record<string, V>): Record<string, V> {
  return Object.fromEntries(Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** `undefined` of the types: nothing is sent. */
function present(schema: Schema | undefined): Schema | undefined {
  return schema === undefined || schema.not !== undefined ? undefined : schema;
}

/** References point to where AsyncAPI keeps schemas, and links in comments are names. */
function shown(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (key === '$ref')
    return `#/components/schemas/${plainName(decodeURIComponent(value.replace('#/definitions/', '')))}`;
  return key === 'description' ? value.replaceAll(/\s*\{\s*@link\s+([\w.]+)\s*\}/g, ' `$1`').trim() : value;
}

/** `AgentEvent<"message">` is no name there. */
function plainName(name: string): string {
  return name.replaceAll(/[^\w.]+/g, '_').replaceAll(/^_|_$/g, '');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(SCHEMA_FILE, protocolSchema());

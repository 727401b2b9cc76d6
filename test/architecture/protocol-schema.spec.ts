import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { protocolSchema, SCHEMA_FILE } from '../../scripts/protocol-schema.js';

describe('the schema of the protocol', () => {
  const text = protocolSchema();
  const { methods } = JSON.parse(text) as { methods: Record<string, { description?: string }> };

  it('is the one of its types (npm run docs:protocol)', () => {
    expect(readFileSync(SCHEMA_FILE, 'utf8')).toBe(text);
  });

  it('says what every method does', () => {
    expect(Object.keys(methods).filter((name) => !methods[name]?.description)).toEqual([]);
  });
});

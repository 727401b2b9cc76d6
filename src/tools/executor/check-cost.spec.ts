import { describe, expect, it } from 'vitest';
import type { JsonSchema, ToolSpec } from '#contracts';
import { ArgumentValidator } from './argument-validator.js';
import { checkCost } from './check-cost.js';

function issues(parameters: JsonSchema, args: Record<string, unknown>): Promise<string | undefined> {
  const spec: ToolSpec = { name: 't', description: '', parameters, groups: [], repeatable: true };
  return new ArgumentValidator().issues(spec, args);
}

/** Each of them is one of two, which are the same next one. */
function doubling(levels: number): JsonSchema {
  const $defs: Record<string, unknown> = { [`a${levels}`]: { type: 'string' } };
  for (let level = 0; level < levels; level++) {
    const next = { $ref: `#/$defs/a${level + 1}` };
    $defs[`a${level}`] = { anyOf: [next, next] };
  }
  return { type: 'object', properties: { x: { $ref: '#/$defs/a0' } }, $defs };
}

const TREE: JsonSchema = {
  type: 'object',
  properties: { node: { $ref: '#/$defs/node' } },
  $defs: {
    node: {
      anyOf: [{ type: 'array', items: { $ref: '#/$defs/node' } }, { type: 'string' }],
    },
  },
};

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

describe('Checking arguments', () => {
  // What took for ever, or its time by the square, would not end within the test's limit.
  it('is refused where a schema would take for ever', async () => {
    expect(await issues(doubling(40), { x: 1 })).toMatch(/send less/);
    const twice = { anyOf: [{ items: { $ref: '#' } }, { items: { $ref: '#' } }] };
    expect(await issues({ properties: { x: twice } }, { x: nested(50) })).toMatch(/send less/);
    const named = { dependencies: { x: { $ref: '#/$defs/a0' } }, ...doubling(40) };
    expect(await issues(named, { x: 1 })).toMatch(/send less/);
  });

  it('is done where schemas refer to each other in an ordinary way', async () => {
    expect(await issues(TREE, { node: ['a', ['b', ['c']]] })).toBeUndefined();
    expect(await issues(TREE, { node: ['a', [1]] })).toMatch(/must be string/);
    expect(await issues(doubling(3), { x: 1 })).toMatch(/must be string/);
  });

  it('is refused for what is too deep, and without end for what refers to itself', async () => {
    expect(await issues({ type: 'object' }, { x: nested(1_000) })).toMatch(/send less/);
    expect(checkCost({ $ref: '#' }, {})).toBe(Infinity);
    expect(checkCost({ properties: { x: { $dynamicRef: '#a' } } }, { x: 1 })).toBe(Infinity);
  });

  it('finds the same item twice among many', async () => {
    const unique: JsonSchema = { type: 'object', properties: { x: { type: 'array', uniqueItems: true } } };
    const items = Array.from({ length: 50_000 }, (_, index) => ({ a: index, b: 0 }));
    expect(await issues(unique, { x: items })).toBeUndefined();
    expect(await issues(unique, { x: [...items, { b: 0, a: 7 }] })).toMatch(
      /x: must NOT have duplicate items/,
    );
    expect(await issues(unique, { x: ['1', 1, [1], null] })).toBeUndefined();
  });
});

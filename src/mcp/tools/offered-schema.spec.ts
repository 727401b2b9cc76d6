import { describe, expect, it } from 'vitest';
import { offeredSchema } from './offered-schema.js';

function nested(depth: number): object {
  return depth === 0 ? { type: 'string' } : { type: 'object', properties: { a: nested(depth - 1) } };
}

describe('the schema of a server’s tool', () => {
  it('is taken as it is where vendors take it', () => {
    const given = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: {
        a: { $ref: '#/$defs/A' },
        b: { anyOf: [{ type: 'string' }, { type: ['integer', 'null'] }] },
      },
      required: ['a'],
      $defs: { A: { type: 'array', items: { enum: [1, 'x'] } } },
    };
    const { $schema: _, ...rest } = given;
    expect(offeredSchema(given)).toEqual({ schema: rest, isReplaced: false });
  });

  it('loses on top what vendors refuse there, and gains what they want', () => {
    expect(offeredSchema({ anyOf: [{ required: ['a'] }], not: {} })).toEqual({
      schema: { type: 'object', properties: {} },
      isReplaced: false,
    });
  });

  it.each([
    ['nothing', undefined],
    ['a text', 'object'],
    ['a list', []],
    ['no object', { type: 'string' }],
    ['a type that does not exist', { type: 'object', properties: { a: { type: 'strin' } } }],
    ['properties that are a list', { type: 'object', properties: [1] }],
    ['a name that vendors refuse', { type: 'object', properties: { 'a b': {} } }],
    ['required that is a text', { type: 'object', required: 'a' }],
    ['a reference to elsewhere', { type: 'object', properties: { a: { $ref: 'http://evil.test/x' } } }],
    ['a reference to nothing', { type: 'object', properties: { a: { $ref: '#/$defs/B' } } }],
    ['a reference that is a number', { type: 'object', properties: { a: { $ref: 7 } } }],
    ['a property that is a text', { type: 'object', properties: { a: 'string' } }],
    ['an enum that is no list', { type: 'object', properties: { a: { enum: 'x' } } }],
    ['what is nested too deeply', nested(200)],
    ['what is nested far too deeply', nested(4_000)],
    ['what is too large', { type: 'object', description: 'x'.repeat(40_000) }],
    [
      'too many parts',
      {
        type: 'object',
        properties: Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`p${i}`, {}])),
      },
    ],
  ])('that is %s is replaced by one that takes everything', (_, given) => {
    expect(offeredSchema(given)).toEqual({
      schema: { type: 'object', properties: {}, additionalProperties: true },
      isReplaced: true,
    });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composePatches, type Document, isTooDeep, mergePatch, patchTowards } from './documents.js';
import { joinPath, splitPath } from './config-path.js';

const KEYS = ['a', 'b', 'c', '__proto__', 'constructor'];
const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.array(fc.integer()));
const documents = fc.letrec<{ node: unknown; document: Document }>((tie) => ({
  node: fc.oneof({ maxDepth: 3 }, leaf, tie('document')),
  document: fc.dictionary(fc.constantFrom(...KEYS), tie('node')),
})).document;
const patches = fc.letrec<{ node: unknown; patch: Document }>((tie) => ({
  node: fc.oneof({ maxDepth: 3 }, leaf, fc.constant(null), tie('patch')),
  patch: fc.dictionary(fc.constantFrom(...KEYS), tie('node')),
})).patch;

describe('a merge patch', () => {
  it('does what RFC 7386 says', () => {
    const target = {
      title: 'Goodbye!',
      author: { given: 'John', family: 'Doe' },
      tags: ['example', 'sample'],
    };
    const patch = { title: 'Hello!', phone: '+01', author: { family: null }, tags: ['example'] };
    expect(mergePatch(target, patch)).toEqual({
      title: 'Hello!',
      author: { given: 'John' },
      tags: ['example'],
      phone: '+01',
    });
    expect(mergePatch('text', { a: { b: null } })).toEqual({ a: {} });
  });

  it('that is made of two does what they do one after the other', () => {
    fc.assert(
      fc.property(documents, patches, patches, (target, first, second) => {
        const both = mergePatch(target, composePatches(target, first, second));
        expect(both).toEqual(mergePatch(mergePatch(target, first), second));
      }),
    );
  });

  it('towards a whole document makes it, where everything was written down', () => {
    fc.assert(
      fc.property(documents, documents, (now, wanted) => {
        expect(mergePatch(now, patchTowards(now, now, wanted))).toEqual(wanted);
      }),
    );
  });

  it('towards a document leaves defaults alone that it does not name', () => {
    const effective = { gateway: { port: 1, host: 'h' }, tools: { rate: 0 } };
    const wanted = { gateway: { port: 2 } };
    expect(patchTowards(effective, { gateway: { host: 'h' } }, wanted)).toEqual({
      gateway: { port: 2, host: null },
    });
    expect(patchTowards(effective, {}, effective)).toEqual({});
  });

  it('never reaches the prototype of all objects', () => {
    mergePatch({}, JSON.parse('{"__proto__": {"polluted": true}}') as Document);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

it('tells what is nested too deeply', () => {
  const nested = (levels: number): unknown => JSON.parse('{"a":'.repeat(levels) + '1' + '}'.repeat(levels));
  expect(isTooDeep(nested(20))).toBe(false);
  expect(isTooDeep(nested(5_000))).toBe(true);
});

it('a path of keys with any characters is told and read again', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (keys) => {
      expect(splitPath(joinPath(keys))).toEqual(keys);
    }),
  );
  expect(joinPath(['providers', 'my.host', 'api_key'])).toBe('providers.my\\.host.api_key');
});

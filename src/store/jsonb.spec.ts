import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toJsonb, toText } from './jsonb.js';

/** What PostgreSQL can store of a text. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD');
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('\\', '\u0000', '\ud800', '\udc00', 'u0000', '\\u0000', '"', '\n', 'x', '😀'))
    .map((parts) => parts.join('')),
);

describe('jsonb parameters', () => {
  it('are JSON of the same value, but for what PostgreSQL cannot store', () => {
    fc.assert(
      fc.property(anyText, anyText, (key, text) => {
        expect(JSON.parse(toJsonb({ [`k${key}`]: [text] }))).toEqual({
          [`k${storable(key)}`]: [storable(text)],
        });
      }),
    );
  });

  it('never hold an escape that PostgreSQL refuses', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const escapes = toJsonb(text).replaceAll('\\\\', '');
        expect(escapes).not.toMatch(/\\u(0000|d[89a-f])/i);
      }),
    );
  });

  it('of nothing are null', () => expect(toJsonb(undefined)).toBe('null'));
});

describe('text parameters', () => {
  it('are the same text, but for what PostgreSQL cannot store', () => {
    fc.assert(fc.property(anyText, (text) => toText(text) === storable(text)));
    expect(toText('a\u0000b\ud800')).toBe('a\uFFFDb\uFFFD');
  });
});

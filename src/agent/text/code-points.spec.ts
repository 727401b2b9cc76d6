import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codePointLength, firstCodePoints, lastCodePoints } from './code-points.js';

const text = fc.string({ unit: fc.constantFrom('a', '😀', 'é', '\ud83d', '\ude00', '\n') });

describe('code points', () => {
  it('are counted as the language iterates over them', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(codePointLength(value)).toBe(Array.from(value).length);
      }),
    );
  });

  it('are cut off at both ends without splitting a character', () => {
    fc.assert(
      fc.property(text, fc.nat({ max: 12 }), (value, count) => {
        const points = Array.from(value);
        expect(firstCodePoints(value, count)).toBe(points.slice(0, count).join(''));
        expect(lastCodePoints(value, count)).toBe(count === 0 ? '' : points.slice(-count).join(''));
      }),
    );
  });
});

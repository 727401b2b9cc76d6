import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText } from './plain-text.js';

const PIECES = [
  '<',
  '>',
  '</',
  '<!--',
  '-->',
  '<script',
  '</script>',
  '<p>',
  '<td',
  '&',
  '&#x',
  ';',
  '&amp;',
  '"',
  "'",
  ' ',
  'x',
];

describe('plain text of HTML', () => {
  it.each([
    ['<p>One</p><p>Two <b>three</b></p>', 'One\n\nTwo three'],
    ['<ul><li>a<li>b</ul>', '- a\n- b'],
    ['<tr><td>a</td><td>b</td></tr>', 'a\tb'],
    ['a<script>alert("</p>")</script>b<style>p{}</style>c', 'abc'],
    ['a<!-- <p> -->b', 'ab'],
    ['1 < 2 &amp;&lt; &#228;&#xe4; &nope; &#0;', '1 < 2 &< ää &nope; \uFFFD'],
    ['a\n\n\n\n  b   c', 'a\n\nb c'],
    ['never <closed', 'never'],
    ['<head><title>x</title></head>text', 'text'],
  ])('%j is %j', (html, text) => {
    expect(plainText(html)).toBe(text);
  });

  it('has no tag and no end, whatever the page', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string()), { maxLength: 60 }),
        (pieces) => {
          const html = pieces.join('');
          const text = plainText(html);
          expect(text.length).toBeLessThanOrEqual(html.length + 2 * pieces.length);
          expect(text).not.toMatch(/\n{3}/);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each(['<', '<a', '<!--', '<script>', '&#x', '</', '<p ', '\n ', '<td>'])(
    'is made of %j without end, too',
    (piece) => {
      const html = piece.repeat(1_000_000 / piece.length);
      expect(plainText(html).length).toBeLessThanOrEqual(html.length);
    },
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLiteral, matchesGlob } from './matches-glob.js';

describe('A pattern of the allowlist', () => {
  it.each([
    ['git', 'git'],
    ['git *', 'git status -s'],
    ['/usr/bin/*', '/usr/bin/ls'],
    ['g?t', 'got'],
    ['python[23]', 'python3'],
    ['[a-c]x', 'bx'],
    ['[!a-c]x', 'dx'],
    ['[]]', ']'],
    ['a\\*b', 'a*b'],
    ['*a*b*', 'xaybz'],
    ['*', ''],
    ['[', '['],
    ['a*b/*', 'aab/c'],
  ])('%s fits %s', (pattern, text) => {
    expect(matchesGlob(pattern, text)).toBe(true);
  });

  it.each([
    ['git', 'git status'],
    ['git', 'agit'],
    ['git *', 'git'],
    ['*', '/bin/sh'],
    ['cat logs/*', 'cat logs/../../etc/passwd'],
    ['/usr/bin/*', '/usr/bin/../../tmp/evil'],
    ['g?t', 'g/t'],
    ['[a-c]x', 'dx'],
    ['[!a-c]x', 'ax'],
    ['a\\*b', 'axb'],
    ['ls', 'ls\n'],
    ['l.', 'ls'],
  ])('%s does not fit %s', (pattern, text) => {
    expect(matchesGlob(pattern, text)).toBe(false);
  });

  it('without wildcards fits its own text alone', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (pattern, text) => {
        fc.pre(isLiteral(pattern));
        expect(matchesGlob(pattern, pattern)).toBe(true);
        expect(matchesGlob(pattern, text)).toBe(pattern === text);
      }),
    );
  });

  it('is as a regular expression of the same meaning says', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', '/', '*', '?'), { maxLength: 8 });
    const texts = fc.array(fc.constantFrom('a', 'b', '/'), { maxLength: 10 });
    fc.assert(
      fc.property(letters, texts, (pattern, text) => {
        const source = pattern.map((one) => (one === '*' ? '[^/]*' : one === '?' ? '[^/]' : one)).join('');
        expect(matchesGlob(pattern.join(''), text.join(''))).toBe(
          new RegExp(`^${source}$`).test(text.join('')),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('comes to an end with one that goes back and forth', () => {
    expect(matchesGlob(`${'a*'.repeat(300)}b`, 'a'.repeat(5_000))).toBe(false);
  });
});

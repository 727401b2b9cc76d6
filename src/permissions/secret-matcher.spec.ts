import { expect, it } from 'vitest';
import { SecretMatcher } from './secret-matcher.js';

it('matches its secret and nothing else, of any length', () => {
  const matcher = new SecretMatcher('correct horse');
  expect(matcher.matches('correct horse')).toBe(true);
  const others = ['', 'correct hors', 'correct horse ', 'Correct horse', 'x'.repeat(100_000)];
  expect(others.some((other) => matcher.matches(other))).toBe(false);
});

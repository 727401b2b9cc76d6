import { expect, it } from 'vitest';
import { parseIdentity } from './parse-identity.js';
import { identityFile } from './templates/identity-template.js';

it('reads back what it wrote', () => {
  const identity = { name: 'Ada', emoji: '*', avatar: 'https://example.org/a.png', description: 'Helps.' };
  expect(parseIdentity(identityFile(identity))).toEqual(identity);
  expect(parseIdentity(identityFile({ name: 'Ada\nEmoji: x' }))).toEqual({ name: 'Ada Emoji: x' });
  expect(parseIdentity(identityFile({}))).toEqual({});
});

it('reads lists and bold keys, the first of each, and nothing else', () => {
  const text = '# Name: no\n- Name: Ada\nName: Bob\n* **Emoji:** +\n**Avatar**: a: b\nKey: x\nDescription:\n';
  expect(parseIdentity(text)).toEqual({ name: 'Ada', emoji: '+', avatar: 'a: b' });
});

it('passes over lines without end', () => {
  const blanks = ' '.repeat(1_000_000);
  expect(parseIdentity(`Name: a${blanks}b`)).toEqual({});
  expect(parseIdentity(`Name:${'\n'.repeat(1_000_000)}`)).toEqual({});
});

import { describe, expect, it } from 'vitest';
import { scrubCredentials } from './scrub-credentials.js';

const A20 = 'a1B2'.repeat(5);
const A36 = 'a1B2'.repeat(9);

describe('credential scrubbing', () => {
  it.each([
    [`key sk-${A20}, ok`, 'key [REDACTED], ok'],
    [`sk-ant-api03-${A20}-x_y`, '[REDACTED]'],
    [`sk-proj-${A20}_${A20}`, '[REDACTED]'],
    ...['ghp', 'gho', 'ghu', 'ghs', 'ghr'].map((kind) => [`<${kind}_${A36}>`, '<[REDACTED]>']),
    [`github_pat_${A20}_${A36}`, '[REDACTED]'],
    ['AKIAIOSFODNN7EXAMPLE', '[REDACTED]'],
    ['API_KEY=abcd1234efgh\nnext', 'API_KEY=[REDACTED]\nnext'],
    ['api-key : abcd1234', 'api-key : [REDACTED]'],
    ['Password = "correct horse battery"; x', 'Password = "[REDACTED]"; x'],
    ['{"token": "abcd1234", "port": 80}', '{"token": "[REDACTED]", "port": 80}'],
    [String.raw`"{\"secret\":\"abcd1234\"}"`, String.raw`"{\"secret\":\"[REDACTED]"}"`],
    ['https://x.test/?token=abcd1234', 'https://x.test/?token=[REDACTED]'],
    ['Authorization: Bearer eyJhbGciOi.J9', 'Authorization: Bearer [REDACTED]'],
    ["-H 'authorization: Basic dXNlcjpwYXNz'", "-H 'authorization: Basic [REDACTED]'"],
    ['with bearer abcdefgh12345678', 'with bearer [REDACTED]'],
  ])('replaces the credential in %s', (text, expected) => {
    expect(scrubCredentials(text)).toBe(expected);
    expect(scrubCredentials(expected)).toBe(expected);
  });

  it.each([
    'the token is short: token=abc',
    'password: string;',
    'risk-management-and-something-else',
    'ghp_tooshort',
    'bearer authentication is used',
    'A secret is a secret.',
  ])('leaves %s alone', (text) => {
    expect(scrubCredentials(text)).toBe(text);
  });

  it.each([
    ['prose', 'The quick brown fox has a token and a password. '],
    ['key words without end', 'token'],
    ['assignments of assignments', 'token='],
    ['open quotes', 'secret="x\n'],
    ['prefixes without end', 'sk-ant-'],
    ['blanks', 'authorization:          '],
  ])('takes ten megabytes of %s in linear time', (_, piece) => {
    const perMegabyte = (megabytes: number): number => {
      const text = piece.repeat((megabytes * 1_000_000) / piece.length);
      const start = performance.now();
      expect(scrubCredentials(text).length).toBeGreaterThan(0);
      return (performance.now() - start) / megabytes;
    };
    const small = perMegabyte(1);
    expect(perMegabyte(10)).toBeLessThan(20 * Math.max(small, 5));
  });

  it('leaves out the middle of more than any reader gets, so that it is never long at work', () => {
    const text = `begin ${'a '.repeat(9 * 1024 * 1024)}end`;
    const scrubbed = scrubCredentials(text);
    expect(scrubbed.length).toBeLessThan(16 * 1024 * 1024 + 10);
    expect([scrubbed.slice(0, 7), scrubbed.slice(-5), scrubbed.includes('\n[…]\n')]).toEqual([
      'begin a',
      'a end',
      true,
    ]);
  });

  it('survives ten megabytes without white space behind a key word', () => {
    expect(scrubCredentials(`token=${'x'.repeat(10_000_000)}`)).toMatch(/^token=\[REDACTED\]/);
  });
});

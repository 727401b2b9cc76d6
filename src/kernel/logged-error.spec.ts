import { expect, it } from 'vitest';
import { loggedError } from './logged-error.js';

it('logs the name, text, place and code of an error, and nothing that somebody has hung on it', () => {
  const error = Object.assign(new TypeError('refused'), {
    code: '23505',
    parameters: ['private text'],
    detail: 'Key (user_id)=(ann) exists',
    headers: { authorization: 'Bearer secret' },
  });
  const logged = JSON.stringify(loggedError(error));
  expect(JSON.parse(logged)).toMatchObject({ type: 'TypeError', message: 'refused', code: '23505' });
  expect(logged).toContain('logged-error.spec');
  expect(logged).not.toMatch(/private text|ann|secret/);
});

it('needs no code', () => {
  expect(loggedError(new Error('x'))).not.toHaveProperty('code');
});

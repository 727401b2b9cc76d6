import { expect, it } from 'vitest';
import { agentIdOf } from './agent-id.js';

it.each([
  ['helper', 'helper'],
  ['  My Agent ', 'my-agent'],
  ['a_b-c', 'a_b-c'],
  ['Größe & mehr!', 'gr-e-mehr'],
  ['--x--', 'x'],
  ['', 'default'],
  ['  ', 'default'],
  ['日本語', 'default'],
  ['../../etc', 'etc'],
  [`${'x'.repeat(63)} y`, 'x'.repeat(63)],
  ['y'.repeat(100), 'y'.repeat(64)],
])('makes of the name %j the id %j', (name, id) => {
  expect(agentIdOf(name)).toBe(id);
});

import { expect, it } from 'vitest';
import { isUuid, newId } from './ids.js';

it('makes ids that are unique, valid, and sorted as they were made', () => {
  const ids = Array.from({ length: 100_000 }, newId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
  expect(ids.every(isUuid)).toBe(true);
  expect(ids.every((id) => id[14] === '7' && '89ab'.includes(id[19] ?? ''))).toBe(true);
});

it('tells other texts from ids', () => {
  expect(['', 'x', `${newId()}0`, newId().replaceAll('-', ''), ` ${newId()}`].some(isUuid)).toBe(false);
});

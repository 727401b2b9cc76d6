import { expect, it } from 'vitest';
import { contextLine } from './context-line.js';

it('tells the current time in UTC, to the minute', () => {
  expect(contextLine(new Date('2026-11-22T07:50:59.999Z'))).toBe('Current time: 2026-11-22 07:50 UTC');
});

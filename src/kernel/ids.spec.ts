import { version } from 'uuid';
import { describe, expect, it } from 'vitest';
import { isUuid, newId } from './ids.js';

describe('A new id', () => {
  const ids = Array.from({ length: 20_000 }, newId);

  it('is a UUID of version 7', () => {
    for (const id of ids.slice(0, 1_000)) {
      expect(isUuid(id)).toBe(true);
      expect(version(id)).toBe(7);
    }
  });

  it('never comes twice', () => {
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('sorts behind every id that was made before, also within a millisecond', () => {
    expect(ids.toSorted()).toEqual(ids);
  });

  it('carries the time at which it was made', () => {
    const before = Date.now();
    const made = Number.parseInt(newId().replaceAll('-', '').slice(0, 12), 16);
    expect(made).toBeGreaterThanOrEqual(before);
    expect(made).toBeLessThanOrEqual(Date.now());
  });

  it('cannot be guessed from the one before', () => {
    const tails = ids.map((id) => id.slice(-10));
    expect(new Set(tails).size).toBe(tails.length);
  });
});

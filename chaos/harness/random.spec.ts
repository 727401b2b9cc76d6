import { describe, expect, it } from 'vitest';
import { Random } from './random.js';

const draws = (random: Random): number[] => Array.from({ length: 50 }, () => random.int(1, 6));

describe('what is drawn at random', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(draws(new Random(5))).toEqual(draws(new Random(5)));
    expect(draws(new Random(5))).not.toEqual(draws(new Random(6)));
  });

  it('of a part does not depend on what other parts have drawn', () => {
    const whole = new Random(5);
    const before = draws(whole.fork('part'));
    draws(whole);
    expect(draws(whole.fork('part'))).toEqual(before);
    expect(draws(whole.fork('other'))).not.toEqual(before);
  });

  it('takes all values, and no others', () => {
    const random = new Random(9);
    const seen = new Set(Array.from({ length: 500 }, () => random.int(1, 6)));
    expect([...seen].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(new Set(random.shuffled([1, 2, 3, 4]))).toEqual(new Set([1, 2, 3, 4]));
  });
});

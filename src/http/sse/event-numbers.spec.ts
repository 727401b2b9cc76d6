import { describe, expect, it } from 'vitest';
import { EventNumbers } from './event-numbers.js';

/** Tells a stream: how many events each attempt at its run has that are not void. */
function tell(attempts: readonly number[], after?: number): number[] {
  const numbers = new EventNumbers(after);
  const taken: number[] = [];
  for (const [index, count] of attempts.entries()) {
    numbers.enter(index + 1);
    for (let event = 0; event < count; event++) {
      const number = numbers.take();
      if (number !== undefined) taken.push(number);
    }
  }
  return taken;
}

describe('the numbers of a stream', () => {
  it('count from 0, and leave out what the client has', () => {
    expect(tell([5])).toEqual([0, 1, 2, 3, 4]);
    expect(tell([5], 2)).toEqual([3, 4]);
    expect(tell([5], 4)).toEqual([]);
  });

  it('of text that stands are the same after the run was interrupted', () => {
    expect(tell([2, 3])).toEqual([0, 1, 1_000_002, 1_000_003, 1_000_004]);
    expect(tell([2, 3], 1)).toEqual([1_000_002, 1_000_003, 1_000_004]);
    expect(tell([2, 3], 1_000_003)).toEqual([1_000_004]);
  });

  it('of text that has become void are refused, whatever came after it', () => {
    expect(() => tell([2, 3], 2)).toThrow(/become void/);
    expect(() => tell([2, 0, 3], 1_000_002)).toThrow(/become void/);
    expect(() => tell([0, 3], 0)).toThrow(/become void/);
  });

  it('know the last event that the client has', () => {
    const numbers = new EventNumbers(3);
    expect(numbers.last).toBe(3);
    for (let event = 0; event <= 4; event++) numbers.take();
    expect(numbers.last).toBe(4);
    expect(new EventNumbers().last).toBe(-1);
  });
});

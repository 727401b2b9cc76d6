import { describe, expect, it } from 'vitest';
import { ReconnectDelay } from './reconnect-delay.js';

describe('the delay before a reconnect', () => {
  it('doubles up to its bound, and begins anew after a success', () => {
    const delay = new ReconnectDelay(100, 1_000, () => 1);
    expect([1, 2, 3, 4, 5, 6].map(() => delay.next())).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    delay.reset();
    expect(delay.next()).toBe(100);
  });

  it('is random in its upper half, so that clients do not come back together', () => {
    expect(new ReconnectDelay(100, 1_000, () => 0).next()).toBe(50);
    expect(new ReconnectDelay(100, 1_000, () => 0.5).next()).toBe(75);
  });
});

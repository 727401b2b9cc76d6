import { describe, expect, it } from 'vitest';
import { LlmError } from '#contracts';
import { delayBefore } from './backoff.js';

const failure = (retryAfterMs?: number): LlmError =>
  new LlmError('server', 'a', 'x', retryAfterMs === undefined ? {} : { retryAfterMs });

describe('The delay before another attempt', () => {
  it('varies by a tenth, and doubles', () => {
    expect(delayBefore(1, failure(), () => 0)).toBeCloseTo(270);
    expect(delayBefore(1, failure(), () => 1)).toBeCloseTo(330);
    expect(delayBefore(2, failure(), () => 0.5)).toBeCloseTo(600);
  });

  it('is none after the third attempt', () => {
    expect(delayBefore(3, failure(), () => 0)).toBeUndefined();
  });

  it('is what the vendor asks for, up to 30 seconds', () => {
    expect(delayBefore(1, failure(30_000), () => 0)).toBe(30_000);
    expect(delayBefore(1, failure(30_001), () => 0)).toBeUndefined();
  });
});

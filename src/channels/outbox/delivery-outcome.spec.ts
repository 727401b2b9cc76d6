import { describe, expect, it } from 'vitest';
import { ChannelError } from '#contracts';
import { type DeliveryOutcome, failedOutcome, verdictOf } from './delivery-outcome.js';

const idempotent = { idempotent: true };
const forgetful = { idempotent: false };

describe('what a channel throws', () => {
  it('says what became of the message', () => {
    const error = new ChannelError('retry', 'slow down', { retryAfterMs: 7_000 });
    expect(failedOutcome(error)).toEqual({ kind: 'retry', error: 'slow down', retryAfterMs: 7_000 });
    expect(failedOutcome(new ChannelError('rejected', 'no such chat'))).toMatchObject({ kind: 'rejected' });
  });

  it('leaves that open when it is no error of a channel', () => {
    expect(failedOutcome(new TypeError('fetch failed'))).toEqual({
      kind: 'unknown',
      error: 'TypeError: fetch failed',
    });
  });
});

describe('an attempt at a message', () => {
  const first = { attempts: 1 };
  const retry: DeliveryOutcome = { kind: 'retry', error: 'busy' };
  const unknown: DeliveryOutcome = { kind: 'unknown', error: 'cut' };

  it('is the last one when the platform took the message, or will never take it', () => {
    expect(verdictOf({ kind: 'sent', receipt: 'p1' }, first, forgetful)).toEqual({
      state: 'sent',
      receipt: 'p1',
    });
    expect(verdictOf({ kind: 'sent' }, first, forgetful)).toEqual({ state: 'sent' });
    expect(verdictOf({ kind: 'rejected', error: 'gone' }, first, idempotent)).toEqual({
      state: 'failed',
      error: 'gone',
    });
  });

  it.each([
    [1, 2_000],
    [2, 4_000],
    [5, 32_000],
  ])('number %i is followed by another one after %i ms when it was not delivered', (attempts, delayMs) => {
    expect(verdictOf(retry, { attempts }, forgetful)).toEqual({
      error: 'busy',
      delayMs,
      attemptsMax: 10,
      ageMaxMs: 86_400_000,
      endState: 'failed',
    });
  });

  it('is followed by another one when the platform asked for that, within an hour', () => {
    expect(verdictOf({ ...retry, retryAfterMs: 500 }, first, forgetful)).toMatchObject({ delayMs: 500 });
    expect(verdictOf({ ...retry, retryAfterMs: 1e9 }, first, forgetful)).toMatchObject({
      delayMs: 3_600_000,
    });
  });

  it('without an answer is repeated only where a platform knows the message again', () => {
    expect(verdictOf(unknown, first, idempotent)).toMatchObject({ delayMs: 2_000, endState: 'unknown' });
    expect(verdictOf(unknown, first, forgetful)).toEqual({ state: 'unknown', error: 'cut' });
  });
});

import { describe, expect, it } from 'vitest';
import { StoreError } from '../store.errors.js';
import {
  isOutcomeUnknown,
  isSerializationFailure,
  isUnavailable,
  isUniqueViolation,
  toStoreError,
} from './pg-errors.js';

function withCode(code: string, more: object = {}): Error {
  return Object.assign(new Error(`error ${code}`), { code, ...more });
}

describe('errors of the driver', () => {
  it.each([
    '57P01',
    '57P02',
    '57P03',
    '08000',
    '08006',
    '53100',
    '53200',
    '53300',
    '25006',
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'ENOTFOUND',
    'EAI_AGAIN',
  ])('with the code %s mean that the database is away', (code) => {
    expect(isUnavailable(withCode(code))).toBe(true);
    expect(isUnavailable({ driverError: withCode(code) })).toBe(true);
  });

  it.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
  ])('that say "%s" mean that the database is away', (text) => {
    expect(isUnavailable(new Error(text))).toBe(true);
  });

  it.each(['23505', '22001', '42601', '40001', '0800', '53', 'EACCES'])(
    'with the code %s mean something else',
    (code) => {
      const error = withCode(code);
      expect(isUnavailable(error)).toBe(false);
      expect(toStoreError(error)).toBe(error);
    },
  );

  it('become one of ours that says when to try again, and whether the statement may have been executed', () => {
    const cause = withCode('ECONNRESET');
    const before = toStoreError(cause);
    expect(before).toBeInstanceOf(StoreError);
    expect(before).toMatchObject({ code: 'UNAVAILABLE', retryable: true, retryAfterMs: 1_000, cause });
    expect(isOutcomeUnknown(before)).toBe(false);
    expect(isOutcomeUnknown(toStoreError(cause, true))).toBe(true);
    expect(isUnavailable(before)).toBe(true);
  });

  it('tell unique violations by their constraint', () => {
    const error = withCode('23505', { constraint: 'runs_pkey' });
    expect(isUniqueViolation(error)).toBe(true);
    expect(isUniqueViolation(error, 'runs_pkey')).toBe(true);
    expect(isUniqueViolation(error, 'idx_other')).toBe(false);
    expect(isUniqueViolation(withCode('23503'))).toBe(false);
  });

  it.each([
    ['40001', true],
    ['40P01', true],
    ['23505', false],
  ])('%s is a transaction that lost: %s', (code, expected) => {
    expect(isSerializationFailure(withCode(code))).toBe(expected);
  });
});

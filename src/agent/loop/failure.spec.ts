import { describe, expect, it } from 'vitest';
import { LlmError } from '#contracts';
import { AppError } from '#kernel';
import { ErrorCode } from '#protocol';
import { failureOf } from './failure.js';

describe('what is shown of a failed run', () => {
  it.each([
    ['rate-limited', 'RESOURCE_EXHAUSTED'],
    ['overloaded', 'UNAVAILABLE'],
    ['server', 'UNAVAILABLE'],
    ['network', 'UNAVAILABLE'],
    ['malformed-response', 'UNAVAILABLE'],
    ['aborted', 'UNAVAILABLE'],
    ['timeout', 'AGENT_TIMEOUT'],
    ['authentication', 'FAILED_PRECONDITION'],
    ['billing', 'FAILED_PRECONDITION'],
    ['model-not-found', 'FAILED_PRECONDITION'],
    ['no-provider', 'FAILED_PRECONDITION'],
    ['context-overflow', 'INVALID_REQUEST'],
    ['bad-request', 'INVALID_REQUEST'],
  ] as const)('says %s as %s', (kind, code) => {
    expect(failureOf(new LlmError(kind, 'openai', 'why'))).toEqual({
      code,
      message: expect.stringContaining('why'),
    });
  });

  it('is the code and the message of our own errors', () => {
    expect(failureOf(new AppError(ErrorCode.NOT_FOUND, 'no such thing'))).toEqual({
      code: 'NOT_FOUND',
      message: 'no such thing',
    });
  });

  it.each([new Error('password=hunter2'), 'text', undefined, new TypeError('x is undefined')])(
    'is nothing of an unexpected error (%#)',
    (error) => expect(failureOf(error)).toBeUndefined(),
  );
});

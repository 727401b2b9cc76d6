import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '#kernel';
import { ErrorCode } from '#protocol';
import { toErrorShape } from './rpc-errors.js';

afterEach(() => void vi.restoreAllMocks());

describe('toErrorShape', () => {
  it('hands on what the caller may see', () => {
    const error = new AppError(ErrorCode.RESOURCE_EXHAUSTED, 'wait', {
      details: { limit: 5 },
      retryAfterMs: 10.5,
    });
    expect(toErrorShape(error, 'a')).toEqual({
      code: 'RESOURCE_EXHAUSTED',
      message: 'wait',
      details: { limit: 5 },
      retryable: true,
      retryAfterMs: 11,
    });
    expect(toErrorShape(new AppError(ErrorCode.NOT_FOUND, 'no'), 'a')).toEqual({
      code: 'NOT_FOUND',
      message: 'no',
    });
  });

  it('says of every unavailability that trying again helps', () => {
    expect(toErrorShape(new AppError(ErrorCode.UNAVAILABLE, 'x'), 'a').retryable).toBe(true);
  });

  it('shows a defect only in the log, under an id that the caller gets', () => {
    const log = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const shape = toErrorShape(new TypeError('password=hunter2'), 'chat.send');
    expect(shape.code).toBe('INTERNAL');
    expect(JSON.stringify(shape)).not.toContain('hunter2');
    const requestId = String(shape.details?.['requestId']);
    expect(log.mock.calls[0]?.[0]).toContain(requestId);
    expect(log.mock.calls[0]?.[0]).toContain('password=hunter2');
  });
});

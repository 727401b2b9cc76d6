import { BadRequestException, HttpException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { AgentError } from '#agent';
import { AppError } from '#kernel';
import { PermissionError } from '#permissions';
import { ErrorCode } from '#protocol';
import { HttpError } from '../http.errors.js';
import { errorBody, isOpenAiRoute, openAiErrorBody } from './error-body.js';
import { internalProblem, problemOf } from './problem.js';

const statusOf = (error: unknown): number | undefined => problemOf(error)?.status;

describe('the status of an error', () => {
  it('is a client’s or a server’s fault for every code', () => {
    const statuses = Object.values(ErrorCode).map((code) => statusOf(new AppError(code, 'x')) ?? 0);
    expect(statuses).toHaveLength(11);
    expect(statuses.every((status) => status >= 400 && status < 600)).toBe(true);
  });

  it.each([
    [new PermissionError('unauthenticated', 'x'), 401, 'authentication_error', 'invalid_api_key'],
    [new PermissionError('role', 'x'), 403, 'permission_error', 'unauthorized'],
    [new PermissionError('scope', 'x'), 403, 'permission_error', 'unauthorized'],
    [new AgentError('agent-not-found', 'x'), 404, 'not_found_error', 'model_not_found'],
    [new HttpError('position-void', 'x'), 409, 'conflict_error', 'position_void'],
    [new AgentError('key-reused', 'x'), 409, 'conflict_error', 'key_reused'],
    [new AppError('RESOURCE_EXHAUSTED', 'x'), 429, 'rate_limit_error', 'rate_limit_exceeded'],
    [new AppError('UNAVAILABLE', 'x'), 503, 'api_error', 'unavailable'],
    [new AppError('AGENT_TIMEOUT', 'x'), 504, 'api_error', 'agent_timeout'],
  ])('and its type follow from what happened: %s', (error, status, type, detailCode) => {
    expect(problemOf(error)).toMatchObject({ status, type, detailCode });
  });

  it('is the framework’s own where the framework refused', () => {
    expect(statusOf(new BadRequestException('x'))).toBe(400);
    expect(statusOf(Object.assign(new Error('x'), { statusCode: 413 }))).toBe(413);
  });

  it('is unknown for what nobody foresaw, and for the framework’s own failures', () => {
    expect(problemOf(new TypeError('secret'))).toBeUndefined();
    expect(problemOf('secret')).toBeUndefined();
    expect(problemOf(new HttpException('secret', 500))).toBeUndefined();
    expect(JSON.stringify(errorBody(internalProblem('req-1')))).toContain('req-1');
  });
});

describe('the body of an error', () => {
  const error = new HttpError('invalid-parameter', 'n must be 1.', { param: 'n' });

  it('has OpenAI’s shape on its routes', () => {
    const problem = problemOf(error) ?? internalProblem('x');
    expect(openAiErrorBody(problem)).toEqual({
      error: {
        message: 'n must be 1.',
        type: 'invalid_request_error',
        param: 'n',
        code: 'invalid_parameter',
      },
    });
    expect(
      ['/v1/models', '/v1/models/x', '/v1/responses?a', '/v1/chat/completions'].every(isOpenAiRoute),
    ).toBe(true);
    expect(['/v1/modelsx', '/v1/traces', '/health', '/x/v1/models'].some(isOpenAiRoute)).toBe(false);
  });

  it('has the protocol’s code elsewhere, and names parameter and details', () => {
    const problem = problemOf(new HttpError('foreign-origin', 'x', { details: { reason: 'origin' } }));
    expect(errorBody(problem ?? internalProblem('x'))).toEqual({
      error: { code: 'UNAUTHORIZED', message: 'x', type: 'permission_error', details: { reason: 'origin' } },
    });
  });
});

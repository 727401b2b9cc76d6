import { describe, expect, it } from 'vitest';
import { LlmError, type LlmErrorKind } from '#contracts';
import { AppError } from '#kernel';
import { ErrorCode } from '#protocol';
import { APP_ERROR_TEXT } from './app-error-text.js';
import { errorText } from './error-text.js';
import { LLM_ERROR_TEXT } from './llm-error-text.js';

const llmError = (kind: LlmErrorKind) => new LlmError(kind, 'acme', 'raw: sk-secret');

describe('the text for people of an error', () => {
  it.each([
    ['context-overflow', /too long.*\/new/],
    ['bad-request', /try again.*\/new/],
    ['rate-limited', /wait/],
    ['overloaded', /overloaded/],
    ['billing', /billing/],
    ['authentication', /credentials.*API key/],
    ['timeout', /too long/],
    ['model-not-found', /model does not exist/],
    ['server', /Sorry/],
  ] as const)('tells the gist of %s', (kind, gist) => {
    expect(errorText(llmError(kind))).toMatch(gist);
  });

  it('finds the failed LLM call behind another error', () => {
    const wrapped = new AppError('INTERNAL', 'LLM call failed', { cause: llmError('billing') });
    expect(errorText(new Error('run failed', { cause: wrapped }))).toBe(errorText(llmError('billing')));
  });

  it('tells failures of the gateway by their code', () => {
    expect(errorText(new AppError('RESOURCE_EXHAUSTED', 'raw'))).toMatch(/limit has been reached/);
    expect(errorText(new AppError('AGENT_TIMEOUT', 'raw'))).toMatch(/took too long/);
  });

  it('always warns, and never shows the raw message', () => {
    const kinds = Object.keys(LLM_ERROR_TEXT) as LlmErrorKind[];
    const errors = [
      ...kinds.map(llmError),
      ...Object.values(ErrorCode).map((code) => new AppError(code, 'raw: sk-secret')),
      new TypeError('raw: sk-secret'),
      'raw: sk-secret',
      undefined,
    ];
    for (const error of errors) {
      expect(errorText(error)).toMatch(/^⚠️ [A-Z].*\.$/);
      expect(errorText(error)).not.toContain('raw');
    }
    expect(Object.keys(APP_ERROR_TEXT)).toHaveLength(Object.keys(ErrorCode).length);
  });

  it('survives an error that is its own cause', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(errorText(error)).toMatch(/Sorry/);
  });
});

import type { RunResult } from '#agent';
import { HttpError } from '../http.errors.js';

/** @throws HttpError for a run that did not answer. */
export function requireAnswer(result: RunResult): RunResult {
  if (result.outcome === 'completed') return result;
  throw failureOf(result);
}

/** Why a run gave no answer. What could be retried was, so clients are told not to. */
export function failureOf({ outcome, error }: RunResult): HttpError {
  if (outcome === 'aborted')
    return new HttpError('run-aborted', 'The run was aborted before it had answered.');
  if (!error) return new HttpError('run-failed', 'The run failed. Its trace says why.');
  const isBusy = error.code === 'RESOURCE_EXHAUSTED';
  return new HttpError('run-failed', error.message, { code: error.code, retryable: isBusy });
}

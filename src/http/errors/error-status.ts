import type { ErrorCode } from '#protocol';

/** The HTTP status of every error code. `UNAUTHORIZED` is 401 where its reason is `unauthenticated`. */
export const STATUS_OF_CODE: Readonly<Record<ErrorCode, number>> = {
  INVALID_REQUEST: 400,
  UNAUTHORIZED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  FAILED_PRECONDITION: 412,
  RESOURCE_EXHAUSTED: 429,
  UNAVAILABLE: 503,
  AGENT_TIMEOUT: 504,
  NOT_LINKED: 412,
  NOT_PAIRED: 403,
  INTERNAL: 500,
};

/** The error code of a status that did not come from one of our own errors. */
export function codeOfStatus(status: number): ErrorCode {
  if (status === 401 || status === 403) return 'UNAUTHORIZED';
  if (status === 404) return 'NOT_FOUND';
  if (status === 409) return 'ALREADY_EXISTS';
  if (status === 429) return 'RESOURCE_EXHAUSTED';
  if (status === 503) return 'UNAVAILABLE';
  if (status === 504) return 'AGENT_TIMEOUT';
  return status < 500 ? 'INVALID_REQUEST' : 'INTERNAL';
}

/** OpenAI's name for the kind of error. */
export function typeOfStatus(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 404) return 'not_found_error';
  if (status === 409) return 'conflict_error';
  if (status === 429) return 'rate_limit_error';
  return status < 500 ? 'invalid_request_error' : 'api_error';
}

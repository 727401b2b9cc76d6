import type { FastifyRequest } from 'fastify';
import { IDEMPOTENCY_KEY_MAX_CHARS } from '../http.limits.js';
import { invalid } from './body-reader.js';
import { headerText } from './headers.js';

/** The key under which a repeated request is recognised. @throws HttpError when it is too long. */
export function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = headerText(request, 'idempotency-key');
  if (key !== undefined && key.length > IDEMPOTENCY_KEY_MAX_CHARS) {
    throw invalid('Idempotency-Key', `must have at most ${IDEMPOTENCY_KEY_MAX_CHARS} characters`);
  }
  return key;
}

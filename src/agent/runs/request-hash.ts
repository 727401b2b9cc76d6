import { createHash } from 'node:crypto';
import type { RunRequest } from './run-request.js';

/** Tells whether two requests with one idempotency key ask for the same. */
export function requestHash(request: RunRequest, agentKey: string): string {
  const { content, given, extraPrompt, sampling, sessionKey } = request;
  const asked = { agentKey, sessionKey, content, given, extraPrompt, sampling };
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex');
}

import { ErrorCode } from '#protocol';
import { AppError } from '#kernel';

const RETRY_AFTER_MS = 1_000;

export type SchedulerReason = 'queue-full' | 'overloaded' | 'draining' | 'session-busy';

const TEXTS: Record<SchedulerReason, string> = {
  'queue-full': 'Too many messages wait in this session. Wait for an answer, or abort the running one.',
  overloaded: 'The gateway has no room for another waiting run. Try again shortly.',
  'session-busy':
    'A run of this session does not end. Abort it (chat.abort), or try again when it has ended.',
  draining: 'The gateway is shutting down. Try again shortly.',
};

const CODES: Record<SchedulerReason, ErrorCode> = {
  'queue-full': ErrorCode.RESOURCE_EXHAUSTED,
  overloaded: ErrorCode.RESOURCE_EXHAUSTED,
  'session-busy': ErrorCode.UNAVAILABLE,
  draining: ErrorCode.UNAVAILABLE,
};

/** New work is refused; nothing was accepted. */
export class SchedulerError extends AppError {
  constructor(readonly reason: SchedulerReason) {
    super(CODES[reason], TEXTS[reason], { retryAfterMs: RETRY_AFTER_MS });
  }
}

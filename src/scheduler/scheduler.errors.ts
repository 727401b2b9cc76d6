import { ErrorCode } from '#protocol';
import { AppError } from '#kernel';

const RETRY_AFTER_MS = 1_000;

export type SchedulerReason = 'queue-full' | 'overloaded' | 'draining';

const TEXTS: Record<SchedulerReason, string> = {
  'queue-full': 'Too many messages wait in this session. Wait for an answer, or abort the running one.',
  overloaded: 'The gateway has no room for another waiting run. Try again shortly.',
  draining: 'The gateway is shutting down. Try again shortly.',
};

/** New work is refused; nothing was accepted. */
export class SchedulerError extends AppError {
  constructor(readonly reason: SchedulerReason) {
    const code = reason === 'draining' ? ErrorCode.UNAVAILABLE : ErrorCode.RESOURCE_EXHAUSTED;
    super(code, TEXTS[reason], { retryAfterMs: RETRY_AFTER_MS });
  }
}

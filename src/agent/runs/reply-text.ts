import type { ErrorCode, RunOutcome } from '#protocol';

/** What is known of an ended run when its answer is written. */
export interface EndedRun {
  readonly outcome: RunOutcome;
  /** The visible text; empty for a silent answer. */
  readonly content: string;
  readonly error?: { readonly code: ErrorCode };
}

const FAILED = 'Sorry, something went wrong while answering. Please try again.';

/** Codes that say more to a person than {@link FAILED}. Details are for operators: they are in the run's row. */
const FAILURES: Partial<Record<ErrorCode, string>> = {
  RESOURCE_EXHAUSTED:
    'The AI service gets too many requests at the moment. Please try again in a few minutes.',
  UNAVAILABLE: 'The AI service cannot be reached at the moment. Please try again shortly.',
  AGENT_TIMEOUT: 'The answer took too long and was stopped. Please try again, or ask for less at once.',
  FAILED_PRECONDITION: 'The AI service is not set up correctly. Please tell whoever runs this assistant.',
  INVALID_REQUEST: 'The AI service did not take this conversation; it may have become too long.',
  NOT_FOUND: 'This assistant is not there any more.',
};

const DROPPED = 'Too many messages were waiting, and this one was not answered. Please send it again.';

/**
 * What a chat platform is told of an ended run; `undefined`: nothing. Only for platforms, where nobody could act on
 * an error code: sockets and HTTP give the error itself.
 */
export function replyOf({ outcome, content, error }: EndedRun): string | undefined {
  switch (outcome) {
    case 'completed':
      return content.trim() === '' ? undefined : content;
    case 'failed':
      return warning((error && FAILURES[error.code]) ?? FAILED);
    case 'dropped':
      return warning(DROPPED);
    case 'aborted':
    case 'merged':
      return undefined;
  }
}

function warning(text: string): string {
  return `⚠️ ${text}`;
}

import { ErrorCode } from '#protocol';
import { AppError, type AppErrorOptions } from '#kernel';

export type AgentReason =
  | 'agent-not-found'
  | 'agent-inactive'
  | 'access-lost'
  | 'agents-in-file'
  | 'run-not-found'
  | 'message-blocked'
  | 'message-empty'
  | 'key-reused'
  | 'session-deleted'
  | 'dropped'
  | 'interrupted'
  | 'deadline'
  | 'shutdown'
  | 'provider'
  | 'no-provider'
  | 'wait-timeout'
  | 'internal';

const CODES: Record<AgentReason, ErrorCode> = {
  'agent-not-found': ErrorCode.NOT_FOUND,
  'agent-inactive': ErrorCode.FAILED_PRECONDITION,
  'access-lost': ErrorCode.FAILED_PRECONDITION,
  'agents-in-file': ErrorCode.FAILED_PRECONDITION,
  'run-not-found': ErrorCode.NOT_FOUND,
  'message-blocked': ErrorCode.INVALID_REQUEST,
  'message-empty': ErrorCode.INVALID_REQUEST,
  'key-reused': ErrorCode.ALREADY_EXISTS,
  'session-deleted': ErrorCode.FAILED_PRECONDITION,
  dropped: ErrorCode.RESOURCE_EXHAUSTED,
  interrupted: ErrorCode.UNAVAILABLE,
  deadline: ErrorCode.AGENT_TIMEOUT,
  shutdown: ErrorCode.UNAVAILABLE,
  provider: ErrorCode.UNAVAILABLE,
  'no-provider': ErrorCode.FAILED_PRECONDITION,
  'wait-timeout': ErrorCode.AGENT_TIMEOUT,
  internal: ErrorCode.INTERNAL,
};

/** A run cannot be accepted, or did not end well; or an agent cannot be changed as asked. */
export class AgentError extends AppError {
  constructor(
    readonly reason: AgentReason,
    message: string,
    options: AppErrorOptions = {},
  ) {
    super(CODES[reason], message, options);
  }
}

import { AppError, type AppErrorOptions } from '#kernel';
import { ErrorCode } from '#protocol';

/**
 * `unauthorized`: the server wants (other) credentials. `forbidden`: it knows them, and they are not enough.
 * `session-lost`: the server does not know the connection any more; what was asked was not done. `not-sent`: nothing
 * was sent. `lost`: the connection broke while something was asked. `invalid`: the server does not keep to the protocol.
 */
export type McpReason =
  | 'unreachable'
  | 'unauthorized'
  | 'forbidden'
  | 'session-lost'
  | 'not-sent'
  | 'lost'
  | 'timeout'
  | 'answered'
  | 'invalid'
  | 'limit';

const CODES: Record<McpReason, ErrorCode> = {
  unreachable: ErrorCode.UNAVAILABLE,
  unauthorized: ErrorCode.FAILED_PRECONDITION,
  forbidden: ErrorCode.FAILED_PRECONDITION,
  'session-lost': ErrorCode.UNAVAILABLE,
  'not-sent': ErrorCode.UNAVAILABLE,
  lost: ErrorCode.UNAVAILABLE,
  timeout: ErrorCode.UNAVAILABLE,
  answered: ErrorCode.FAILED_PRECONDITION,
  invalid: ErrorCode.UNAVAILABLE,
  limit: ErrorCode.RESOURCE_EXHAUSTED,
};

/** An MCP server, or the connection to it, does not do what was asked. The message is written for the model. */
export class McpError extends AppError {
  constructor(
    readonly reason: McpReason,
    message: string,
    options: AppErrorOptions = {},
  ) {
    super(CODES[reason], message, options);
  }
}

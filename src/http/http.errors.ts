import { AppError, type AppErrorOptions } from '#kernel';
import { ErrorCode } from '#protocol';

export type HttpReason =
  | 'invalid-parameter'
  | 'missing-parameter'
  | 'unsupported-parameter'
  | 'foreign-origin'
  | 'model-not-found'
  | 'response-not-found'
  | 'previous-response-not-found'
  | 'trace-not-found'
  | 'session-not-found'
  | 'user-not-found'
  | 'tenant-not-found'
  | 'tool-not-found'
  | 'run-aborted'
  | 'run-interrupted'
  | 'position-void'
  | 'run-failed';

const CODES: Record<HttpReason, ErrorCode> = {
  'invalid-parameter': ErrorCode.INVALID_REQUEST,
  'missing-parameter': ErrorCode.INVALID_REQUEST,
  'unsupported-parameter': ErrorCode.INVALID_REQUEST,
  'foreign-origin': ErrorCode.UNAUTHORIZED,
  'model-not-found': ErrorCode.NOT_FOUND,
  'response-not-found': ErrorCode.NOT_FOUND,
  'previous-response-not-found': ErrorCode.INVALID_REQUEST,
  'trace-not-found': ErrorCode.NOT_FOUND,
  'session-not-found': ErrorCode.NOT_FOUND,
  'user-not-found': ErrorCode.NOT_FOUND,
  'tenant-not-found': ErrorCode.NOT_FOUND,
  'tool-not-found': ErrorCode.NOT_FOUND,
  'run-aborted': ErrorCode.FAILED_PRECONDITION,
  'run-interrupted': ErrorCode.UNAVAILABLE,
  'position-void': ErrorCode.FAILED_PRECONDITION,
  'run-failed': ErrorCode.INTERNAL,
};

export interface HttpErrorOptions extends AppErrorOptions {
  /** Path of the offending value in the request, e.g. `messages[2].content`. */
  readonly param?: string;
  /** For a failed run: what it failed with. */
  readonly code?: ErrorCode;
}

/** A request cannot be answered as asked. */
export class HttpError extends AppError {
  readonly param: string | undefined;

  constructor(
    readonly reason: HttpReason,
    message: string,
    options: HttpErrorOptions = {},
  ) {
    super(options.code ?? CODES[reason], message, options);
    this.param = options.param;
  }
}

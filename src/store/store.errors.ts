import { ErrorCode } from '#protocol';
import { AppError, type AppErrorOptions } from '#kernel';

export type StoreReason =
  | 'unavailable'
  | 'data-directory'
  | 'in-use'
  | 'newer-schema'
  | 'migration-failed'
  | 'missing-pgvector'
  | 'version'
  | 'conflict'
  | 'stale'
  | 'session-busy'
  | 'deadlock';

const CODES: Record<StoreReason, ErrorCode> = {
  unavailable: ErrorCode.UNAVAILABLE,
  'data-directory': ErrorCode.FAILED_PRECONDITION,
  'in-use': ErrorCode.FAILED_PRECONDITION,
  'newer-schema': ErrorCode.FAILED_PRECONDITION,
  'migration-failed': ErrorCode.FAILED_PRECONDITION,
  'missing-pgvector': ErrorCode.FAILED_PRECONDITION,
  version: ErrorCode.FAILED_PRECONDITION,
  conflict: ErrorCode.ALREADY_EXISTS,
  stale: ErrorCode.FAILED_PRECONDITION,
  'session-busy': ErrorCode.UNAVAILABLE,
  deadlock: ErrorCode.INTERNAL,
};

/** How long a caller waits before it tries again while the database is away. */
const RETRY_AFTER_MS = 1_000;

export interface StoreErrorOptions extends AppErrorOptions {
  /** The connection broke after the statement was sent: it may have been committed. */
  readonly outcomeUnknown?: boolean;
}

/** The database cannot do what was asked. */
export class StoreError extends AppError {
  readonly outcomeUnknown: boolean;

  constructor(
    readonly reason: StoreReason,
    message: string,
    options: StoreErrorOptions = {},
  ) {
    super(CODES[reason], message, {
      ...(reason === 'unavailable' && { retryAfterMs: RETRY_AFTER_MS }),
      ...options,
    });
    this.outcomeUnknown = options.outcomeUnknown ?? false;
  }
}

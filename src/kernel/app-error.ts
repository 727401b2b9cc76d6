import type { ErrorCode } from '#protocol';

export interface AppErrorOptions {
  readonly cause?: unknown;
  /** Machine-readable facts for the caller: never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Milliseconds after which trying again makes sense; implies that the error is retryable. */
  readonly retryAfterMs?: number;
  readonly retryable?: boolean;
}

/**
 * Base of every error that a caller may see. `code` is the protocol's; the message says what happened and what
 * to do about it. Each module has one subclass with an enum of reasons; transports map `code`, never a message.
 */
export class AppError extends Error {
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfterMs: number | undefined;
  readonly retryable: boolean;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: AppErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.details = options.details;
    this.retryAfterMs = options.retryAfterMs;
    this.retryable = options.retryable ?? options.retryAfterMs !== undefined;
  }
}

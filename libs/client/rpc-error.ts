import { ErrorCode, type ErrorShape } from '#protocol';

/** A call that failed: refused by the gateway, or never answered. */
export class RpcError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  /** Trying the same again may succeed. */
  readonly retryable: boolean;
  /** Milliseconds after which trying again makes sense. */
  readonly retryAfterMs: number | undefined;
  /** The connection was lost before the answer: what was asked may have happened. */
  readonly connectionLost: boolean;

  constructor(error: ErrorShape, options: { connectionLost?: boolean } = {}) {
    super(error.message);
    this.name = 'RpcError';
    this.code = error.code;
    this.details = error.details;
    this.retryable = error.retryable ?? false;
    this.retryAfterMs = error.retryAfterMs;
    this.connectionLost = options.connectionLost ?? false;
  }
}

export function connectionLost(why: string): RpcError {
  const message = `The connection to the gateway was lost (${why}).`;
  return new RpcError({ code: ErrorCode.UNAVAILABLE, message, retryable: true }, { connectionLost: true });
}

export function clientClosed(): RpcError {
  return new RpcError({ code: ErrorCode.UNAVAILABLE, message: 'The client was closed.' });
}

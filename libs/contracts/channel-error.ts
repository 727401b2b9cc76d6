/**
 * What became of a message that could not be delivered. `rejected`: the platform will never take it. `retry`: it was
 * certainly not delivered, and may be later. `unknown`: it was sent, and nobody knows whether it arrived.
 */
export type ChannelErrorKind = 'rejected' | 'retry' | 'unknown';

/** A failed delivery. `message` is shown to operators: it never holds a key or the text of a message. */
export class ChannelError extends Error {
  /** The platform asked for this much time before the next attempt. */
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly kind: ChannelErrorKind,
    message: string,
    options: { retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'ChannelError';
    this.retryAfterMs = options.retryAfterMs;
  }
}

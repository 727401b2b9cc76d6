/** What kind of failure a provider reported. Decides retry, cooldown and what a user is told. */
export type LlmErrorKind =
  | 'rate-limited'
  | 'overloaded'
  | 'server'
  | 'network'
  | 'timeout'
  | 'authentication'
  | 'billing'
  | 'context-overflow'
  | 'model-not-found'
  | 'bad-request'
  | 'malformed-response'
  | 'aborted'
  | 'no-provider';

const RETRYABLE: ReadonlySet<LlmErrorKind> = new Set([
  'rate-limited',
  'overloaded',
  'server',
  'network',
  'timeout',
  'malformed-response',
]);

/** A failed LLM call. `message` is safe to show: it never holds a key. */
export class LlmError extends Error {
  readonly retryable: boolean;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly kind: LlmErrorKind,
    readonly provider: string,
    message: string,
    options: { status?: number; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'LlmError';
    this.retryable = RETRYABLE.has(kind);
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }
}

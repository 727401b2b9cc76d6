import type { LlmErrorKind } from '#contracts';

/** What a vendor said when it refused: the status may be missing in the middle of a stream. */
export interface VendorFailure {
  readonly status?: number | undefined;
  readonly type: string;
  readonly code: string;
  readonly message: string;
}

const CODES: Readonly<Record<string, LlmErrorKind>> = {
  authentication_error: 'authentication',
  invalid_api_key: 'authentication',
  permission_error: 'authentication',
  billing_error: 'billing',
  billing_hard_limit_reached: 'billing',
  billing_not_active: 'billing',
  insufficient_quota: 'billing',
  context_length_exceeded: 'context-overflow',
  request_too_large: 'context-overflow',
  model_not_found: 'model-not-found',
  not_found_error: 'model-not-found',
  overloaded_error: 'overloaded',
  rate_limit_error: 'rate-limited',
  rate_limit_exceeded: 'rate-limited',
  timeout_error: 'timeout',
};

const STATUSES: Readonly<Record<number, LlmErrorKind>> = {
  401: 'authentication',
  402: 'billing',
  403: 'authentication',
  404: 'model-not-found',
  408: 'timeout',
  409: 'server',
  413: 'context-overflow',
  425: 'server',
  429: 'rate-limited',
  503: 'overloaded',
  529: 'overloaded',
};

/** What vendors say with a 400 or 403 that means something else than a wrong request. */
const PHRASES: readonly (readonly [RegExp, LlmErrorKind])[] = [
  [/credit balance|insufficient (credit|balance|fund|quota)|billing/i, 'billing'],
  [/(incorrect|invalid) api key|api key (is )?(not valid|invalid)/i, 'authentication'],
  [
    /context (length|window)|maximum context|prompt is too long|too many (input )?tokens|input (is )?too long|tokens? .{0,40}exceed|exceeds? .{0,40}tokens?/i,
    'context-overflow',
  ],
  [
    /model.{0,80}(not found|does ?n[o']t exist|not exist|not supported)|(invalid|unknown) model/i,
    'model-not-found',
  ],
];

const PHRASED_STATUSES: ReadonlySet<number | undefined> = new Set([undefined, 400, 403, 413, 422]);

/**
 * The kind of a failure: by the vendor's code or type, then by what it says, then by the status. A 429 is
 * never judged by its text: Gemini speaks of billing in every rate limit.
 */
export function failureKind({ status, type, code, message }: VendorFailure): LlmErrorKind {
  const named = CODES[code] ?? CODES[type];
  if (named !== undefined) return named;
  const phrase = PHRASED_STATUSES.has(status)
    ? PHRASES.find(([pattern]) => pattern.test(message))?.[1]
    : undefined;
  if (phrase !== undefined) return phrase;
  if (status === undefined) return 'server';
  return STATUSES[status] ?? (status >= 500 ? 'server' : 'bad-request');
}

import { LlmError, type LlmErrorKind } from '#contracts';
import type { ProviderSettings } from '../provider-settings.js';
import { failureKind } from './failure-kind.js';
import { isJsonObject, objectOf, textOf } from './json.js';
import { redact } from './redact.js';
import { retryAfterOf } from './retry-after.js';

const MAX_MESSAGE_CHARS = 500;

/** What happened to a call, apart from the error that it threw. */
export interface CallState {
  readonly abortedByCaller: boolean;
  readonly timedOut: 'first-byte' | 'idle' | undefined;
  /** Whether a first byte of the answer had come. */
  readonly started: boolean;
}

/** Turns whatever a call threw into an LlmError. Neither its message nor its cause ever holds a key. */
export function toLlmError(
  error: unknown,
  settings: ProviderSettings,
  state: CallState,
  now: number,
): LlmError {
  if (state.abortedByCaller) return new LlmError('aborted', settings.name, 'The call was aborted.');
  if (state.timedOut !== undefined) return timeoutError(settings, state.timedOut);
  if (error instanceof LlmError) return error;
  if (error instanceof SyntaxError || error instanceof RangeError)
    return malformed(settings, `sent something that is no valid event stream: ${error.message}`);
  const thrown = objectOf(error);
  const status = typeof thrown['status'] === 'number' ? thrown['status'] : undefined;
  if (status === undefined && !isJsonObject(thrown['error']))
    return networkError(error, settings, state.started);
  const headers = thrown['headers'] instanceof Headers ? thrown['headers'] : undefined;
  return vendorError(thrown['error'], settings, { status, retryAfterMs: retryAfterOf(headers, now) });
}

/** An error that a vendor reported: as the answer, or in the middle of a stream. */
export function vendorError(
  body: unknown,
  settings: ProviderSettings,
  facts: { readonly status?: number | undefined; readonly retryAfterMs?: number | undefined } = {},
): LlmError {
  const outer = objectOf(body);
  const said = isJsonObject(outer['error']) ? outer['error'] : outer;
  // OpenRouter reports the upstream's status as `code`, Gemini too.
  const numeric = typeof said['code'] === 'number' ? said['code'] : undefined;
  const status = facts.status ?? numeric;
  const failure = {
    status,
    type: textOf(said['type']),
    code: textOf(said['code']),
    message: textOf(said['message']),
  };
  const kind = failureKind(failure);
  const name = [status, failure.code || failure.type].filter(Boolean).join(' ');
  const vendor = redact(failure.message, settings.apiKey).slice(0, MAX_MESSAGE_CHARS);
  const text = `${settings.name} answered ${name || 'with an error'}: ${vendor || 'no message'}`;
  return new LlmError(kind, settings.name, `${text}${remedy(kind, settings)}`, {
    ...(status === undefined ? {} : { status }),
    ...(facts.retryAfterMs === undefined ? {} : { retryAfterMs: facts.retryAfterMs }),
  });
}

export function malformed(settings: ProviderSettings, what: string): LlmError {
  const text = redact(what, settings.apiKey).slice(0, MAX_MESSAGE_CHARS);
  return new LlmError('malformed-response', settings.name, `${settings.name} ${text}`);
}

function timeoutError(settings: ProviderSettings, limit: 'first-byte' | 'idle'): LlmError {
  const what = limit === 'idle' ? 'stopped in the middle of its answer' : 'did not begin to answer in time';
  return new LlmError('timeout', settings.name, `${settings.name} ${what} (${settings.apiBase}).`);
}

function networkError(error: unknown, settings: ProviderSettings, started: boolean): LlmError {
  const root = rootCause(error);
  const code = textOf(objectOf(root)['code']);
  const reason = code || (root instanceof Error ? redact(root.message, settings.apiKey) : 'unknown');
  if (started)
    return new LlmError('network', settings.name, `${settings.name} broke off its answer (${reason}).`);
  const text = `${settings.name} cannot be reached at ${settings.apiBase} (${reason}).`;
  const hint = ` Check the network and providers.${settings.name}.api_base.`;
  return new LlmError('network', settings.name, text + hint);
}

const MAX_CAUSES = 5;

function rootCause(error: unknown): unknown {
  let root = error;
  for (let depth = 0; depth < MAX_CAUSES && root instanceof Error && root.cause !== undefined; depth++)
    root = root.cause;
  return root;
}

function remedy(kind: LlmErrorKind, { name, keyVariable, apiBase }: ProviderSettings): string {
  const key = keyVariable ?? `providers.${name}.api_key`;
  if (kind === 'authentication') return ` Check ${key}.`;
  if (kind === 'billing') return ` Check the plan and the balance of the account of ${key}.`;
  if (kind === 'model-not-found')
    return ` Check the model's name and providers.${name}.api_base (${apiBase}).`;
  return '';
}

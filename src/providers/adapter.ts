import type { Clock } from '#kernel';
import { CallGuard, type LlmCallLimits } from './http/call-guard.js';
import type { HttpTransport } from './http/http-transport.js';
import { objectOf, parseJson, textOf } from './http/json.js';
import { malformed, toLlmError } from './http/to-llm-error.js';
import type { ProviderSettings } from './provider-settings.js';

/** What every adapter needs beside its settings. */
export interface AdapterDependencies {
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly limits: LlmCallLimits;
}

/** The SDKs' own timeout is out of the way: ours tell the first byte from the rest. One day. */
export const SDK_TIMEOUT_MS = 86_400_000;

/** Reads a model list, which both vendors send as `{data: [{id}]}`. Throws LlmError. */
export async function listModels(
  settings: ProviderSettings,
  { clock, limits }: AdapterDependencies,
  signal: AbortSignal,
  open: (signal: AbortSignal) => Promise<Response>,
): Promise<readonly string[]> {
  const guard = new CallGuard(clock, limits, signal);
  try {
    const response = await open(guard.signal);
    const { data } = objectOf(parseJson(await response.text()));
    if (!Array.isArray(data)) throw malformed(settings, 'sent a model list that cannot be read.');
    return data.map((model) => textOf(objectOf(model)['id'])).filter((id) => id !== '');
  } catch (error) {
    throw toLlmError(error, settings, guard, clock.now());
  } finally {
    guard.close({ abort: false });
  }
}

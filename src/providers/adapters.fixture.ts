import { onTestFinished } from 'vitest';
import type { LlmProvider, LlmRequest, LlmStreamPart } from '#contracts';
import { SystemClock } from '#kernel';
import { ScriptedLlm, type WireName } from '../../test/support/llm/index.js';
import { AnthropicProvider } from './anthropic/anthropic.provider.js';
import { DEFAULT_CALL_LIMITS, type LlmCallLimits } from './http/call-guard.js';
import { HttpTransport } from './http/http-transport.js';
import { OpenAiProvider } from './openai/openai.provider.js';
import type { ProviderSettings } from './provider-settings.js';

export const CANARY_KEY = 'sk-canary-0123456789abcdef';

export interface AdapterOptions {
  readonly settings?: Partial<ProviderSettings>;
  readonly limits?: Partial<LlmCallLimits>;
}

/** A scripted model and an adapter that speaks to it; both end with the test. */
export async function startAdapter(
  format: WireName,
  options: AdapterOptions = {},
): Promise<{ llm: ScriptedLlm; provider: LlmProvider }> {
  const llm = await ScriptedLlm.start();
  const transport = new HttpTransport();
  onTestFinished(async () => {
    transport.close();
    await llm.close();
  });
  const settings: ProviderSettings = {
    name: format,
    type: format === 'anthropic' ? 'anthropic_native' : 'openai_compat',
    apiBase: llm.openaiUrl,
    apiKey: CANARY_KEY,
    ...options.settings,
  };
  const dependencies = {
    transport,
    clock: new SystemClock(),
    limits: { ...DEFAULT_CALL_LIMITS, ...options.limits },
  };
  const Adapter = settings.type === 'anthropic_native' ? AnthropicProvider : OpenAiProvider;
  return { llm, provider: new Adapter(settings, dependencies) };
}

export function requestOf(parts: Partial<LlmRequest> = {}): LlmRequest {
  return {
    model: 'scripted-model',
    system: '',
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    tools: [],
    sampling: {},
    ...parts,
  };
}

export async function partsOf(
  stream: AsyncIterable<LlmStreamPart>,
  onPart: (part: LlmStreamPart) => void = () => undefined,
): Promise<LlmStreamPart[]> {
  const parts: LlmStreamPart[] = [];
  for await (const part of stream) {
    parts.push(part);
    onPart(part);
  }
  return parts;
}

export function ask(
  provider: LlmProvider,
  request: Partial<LlmRequest> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<LlmStreamPart[]> {
  return partsOf(provider.stream(requestOf(request), signal));
}

/** The text of all its deltas. */
export function saidBy(parts: readonly LlmStreamPart[]): string {
  return parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('');
}

import type { LlmFinishReason, LlmStreamPart, LlmUsage } from '#contracts';
import { countOf, isJsonObject, type JsonObject, objectOf, textOf } from '../http/json.js';
import type { StreamDecoder } from '../http/stream-call.js';
import { malformed, vendorError } from '../http/to-llm-error.js';
import type { ProviderSettings } from '../provider-settings.js';
import { ToolCallFragments } from './tool-call-fragments.js';

const FINISH: Readonly<Record<string, LlmFinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
};

/** Reads chat completion chunks, leniently: what a vendor adds passes, what it leaves out has a default. */
export class OpenAiDecoder implements StreamDecoder {
  ended = false;
  private readonly calls = new ToolCallFragments();
  private reason: LlmFinishReason | undefined;
  private usage: LlmUsage | undefined;

  constructor(private readonly settings: ProviderSettings) {}

  get complete(): boolean {
    return this.reason !== undefined || this.ended;
  }

  decode(data: string, parts: LlmStreamPart[]): void {
    if (data === '[DONE]') {
      this.ended = true;
      return;
    }
    const chunk: unknown = JSON.parse(data);
    if (!isJsonObject(chunk)) throw malformed(this.settings, 'sent an event that is no object.');
    if (chunk['error']) throw vendorError(chunk['error'], this.settings);
    const choices: unknown = chunk['choices'];
    const choice = Array.isArray(choices) ? objectOf(choices[0]) : undefined;
    if (choice) this.choice(choice, parts);
    const usage = chunk['usage'] ?? objectOf(chunk['x_groq'])['usage'];
    if (isJsonObject(usage)) this.usage = usageOf(usage);
  }

  finish(parts: LlmStreamPart[]): void {
    const calls = this.calls.complete();
    for (const call of calls) parts.push({ type: 'tool-call', call });
    if (this.usage) parts.push({ type: 'usage', usage: this.usage });
    const reason = this.reason ?? 'stop';
    // Gemini says `stop` with its tool calls.
    parts.push({ type: 'finish', reason: calls.length > 0 && reason === 'stop' ? 'tool-calls' : reason });
  }

  private choice(choice: JsonObject, parts: LlmStreamPart[]): void {
    const delta = objectOf(choice['delta'] ?? choice['message']);
    const thinking = textOf(delta['reasoning_content']) || textOf(delta['reasoning']);
    if (thinking !== '') parts.push({ type: 'thinking-delta', text: thinking });
    const { content } = delta;
    const text = typeof content === 'string' ? content : textOf(delta['refusal']);
    if (text !== '') parts.push({ type: 'text-delta', text });
    else if (Array.isArray(content)) pushParts(content, parts);
    if (Array.isArray(delta['tool_calls'])) this.calls.add(delta['tool_calls']);
    const reason = choice['finish_reason'];
    if (typeof reason === 'string' && reason !== '') this.reason = FINISH[reason] ?? 'other';
  }
}

/** Mistral's reasoning models send content as a list of parts. */
function pushParts(content: readonly unknown[], parts: LlmStreamPart[]): void {
  for (const part of content.map(objectOf)) {
    const inner: unknown = part['thinking'];
    if (Array.isArray(inner)) {
      const text = inner.map((item) => textOf(objectOf(item)['text'])).join('');
      if (text !== '') parts.push({ type: 'thinking-delta', text });
    } else if (textOf(part['text']) !== '') {
      parts.push({ type: 'text-delta', text: textOf(part['text']) });
    }
  }
}

function usageOf(usage: JsonObject): LlmUsage {
  const details = objectOf(usage['prompt_tokens_details']);
  return {
    inputTokens: countOf(usage['prompt_tokens']),
    outputTokens: countOf(usage['completion_tokens']),
    cachedTokens: countOf(details['cached_tokens']) || countOf(usage['prompt_cache_hit_tokens']),
    cacheWriteTokens: countOf(details['cache_write_tokens']),
  };
}

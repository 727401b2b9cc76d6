import type { LlmFinishReason, LlmStreamPart } from '#contracts';
import { countOf, isJsonObject, type JsonObject, objectOf, textOf } from '../http/json.js';
import type { StreamDecoder } from '../http/stream-call.js';
import { malformed, vendorError } from '../http/to-llm-error.js';
import { toolCallOf } from '../http/tool-arguments.js';
import type { ProviderSettings } from '../provider-settings.js';
import { ANTHROPIC_THINKING } from './anthropic-messages.js';

const FINISH: Readonly<Record<string, LlmFinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  refusal: 'content-filter',
};

interface OpenBlock {
  readonly type: string;
  readonly id: string;
  readonly name: string;
  /** Thinking, or the JSON of a tool's input. */
  text: string;
  signature: string;
}

/** Reads the events of a message, leniently: unknown events, blocks and deltas pass. */
export class AnthropicDecoder implements StreamDecoder {
  ended = false;
  private readonly open = new Map<unknown, OpenBlock>();
  private readonly tokens = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
  private counted = false;
  private reason: LlmFinishReason | undefined;

  constructor(private readonly settings: ProviderSettings) {}

  get complete(): boolean {
    return this.reason !== undefined;
  }

  decode(data: string, parts: LlmStreamPart[]): void {
    const event: unknown = JSON.parse(data);
    if (!isJsonObject(event)) throw malformed(this.settings, 'sent an event that is no object.');
    switch (event['type']) {
      case 'content_block_delta':
        return this.delta(event['index'], objectOf(event['delta']), parts);
      case 'content_block_start':
        return this.start(event['index'], objectOf(event['content_block']), parts);
      case 'content_block_stop':
        return this.stop(event['index'], parts);
      case 'message_start':
        return this.count(objectOf(event['message'])['usage']);
      case 'message_delta':
        this.reasonOf(objectOf(event['delta']));
        return this.count(event['usage']);
      case 'message_stop':
        this.ended = true;
        return;
      case 'message':
        return this.whole(event, parts);
      case 'error':
        throw vendorError(event, this.settings);
      default:
    }
  }

  finish(parts: LlmStreamPart[]): void {
    const { input, output, cacheRead, cacheWrite } = this.tokens;
    if (this.counted)
      parts.push({
        type: 'usage',
        usage: {
          // Anthropic counts what it read from and wrote to the cache apart.
          inputTokens: input + cacheRead + cacheWrite,
          outputTokens: output,
          cachedTokens: cacheRead,
          cacheWriteTokens: cacheWrite,
        },
      });
    parts.push({ type: 'finish', reason: this.reason ?? 'other' });
  }

  private delta(index: unknown, delta: JsonObject, parts: LlmStreamPart[]): void {
    const block = this.open.get(index);
    switch (delta['type']) {
      case 'text_delta':
        if (delta['text'] !== '') parts.push({ type: 'text-delta', text: textOf(delta['text']) });
        return;
      case 'thinking_delta':
        if (block) block.text += textOf(delta['thinking']);
        parts.push({ type: 'thinking-delta', text: textOf(delta['thinking']) });
        return;
      case 'signature_delta':
        if (block) block.signature += textOf(delta['signature']);
        return;
      case 'input_json_delta':
        if (block) block.text += textOf(delta['partial_json']);
        return;
      default:
    }
  }

  private start(index: unknown, block: JsonObject, parts: LlmStreamPart[]): void {
    const type = textOf(block['type']);
    if (type === 'redacted_thinking') return pushRedacted(block, parts);
    if (type === 'text' && textOf(block['text']) !== '')
      parts.push({ type: 'text-delta', text: textOf(block['text']) });
    const input =
      isJsonObject(block['input']) && Object.keys(block['input']).length > 0 ? block['input'] : undefined;
    this.open.set(index, {
      type,
      id: textOf(block['id']),
      name: textOf(block['name']),
      text: input ? JSON.stringify(input) : textOf(block['thinking']),
      signature: textOf(block['signature']),
    });
  }

  private stop(index: unknown, parts: LlmStreamPart[]): void {
    const block = this.open.get(index);
    this.open.delete(index);
    if (block?.type === 'tool_use')
      parts.push({ type: 'tool-call', call: toolCallOf(block.id, block.name, block.text) });
    if (block?.type === 'thinking') {
      const { text, signature } = block;
      const signed = signature === '' ? {} : { signature };
      parts.push({ type: 'thinking-block', block: { provider: ANTHROPIC_THINKING, text, ...signed } });
    }
  }

  /** A proxy that does not stream sends the message itself. */
  private whole(message: JsonObject, parts: LlmStreamPart[]): void {
    const content: unknown = message['content'];
    for (const [index, block] of (Array.isArray(content) ? content : []).map(objectOf).entries()) {
      if (block['type'] === 'thinking')
        parts.push({ type: 'thinking-delta', text: textOf(block['thinking']) });
      this.start(index, block, parts);
      this.stop(index, parts);
    }
    this.reasonOf(message);
    this.count(message['usage']);
  }

  private reasonOf(message: JsonObject): void {
    const reason = message['stop_reason'];
    if (typeof reason === 'string') this.reason = FINISH[reason] ?? 'other';
  }

  /** Counts are totals, repeated and corrected in the course of a message. */
  private count(usage: unknown): void {
    if (!isJsonObject(usage)) return;
    this.counted = true;
    const { tokens } = this;
    tokens.input = countOf(usage['input_tokens']) || tokens.input;
    tokens.output = countOf(usage['output_tokens']) || tokens.output;
    tokens.cacheRead = countOf(usage['cache_read_input_tokens']) || tokens.cacheRead;
    tokens.cacheWrite = countOf(usage['cache_creation_input_tokens']) || tokens.cacheWrite;
  }
}

function pushRedacted(block: JsonObject, parts: LlmStreamPart[]): void {
  const redacted = textOf(block['data']);
  parts.push({ type: 'thinking-block', block: { provider: ANTHROPIC_THINKING, text: '', redacted } });
}

import type { ReceivedRequest } from '../received-request.js';
import type { Failure, Finish, ScriptedToolCall, ScriptedUsage } from '../reply.js';
import {
  argumentFragments,
  type StreamEncoder,
  vendorId,
  type WholeReply,
  type WireFormat,
} from '../wire-format.js';
import { anthropicObjection } from './anthropic-objection.js';

const STOP_REASON: Readonly<Record<Finish, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
};

/** What the API sends with a status: type, message. */
const ERRORS: Readonly<Record<number, readonly [string, string]>> = {
  400: ['invalid_request_error', 'Invalid request.'],
  401: ['authentication_error', 'invalid x-api-key'],
  402: ['billing_error', 'There is an issue with your billing.'],
  403: ['permission_error', 'Your API key does not have permission to use the specified resource.'],
  404: ['not_found_error', 'model: not found'],
  413: ['request_too_large', 'Request exceeds the maximum allowed number of bytes.'],
  429: ['rate_limit_error', 'This request would exceed your rate limit of input tokens per minute.'],
  500: ['api_error', 'Internal server error'],
  504: ['timeout_error', 'The request timed out while processing.'],
  529: ['overloaded_error', 'Overloaded'],
};

/** A signature of the right look; the API signs every thinking block. */
const SIGNATURE = 'EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pk=';

/** Anthropic's messages. */
export const anthropicFormat: WireFormat = {
  encoder: (request) => new AnthropicEncoder(request.model),
  whole,
  failure: ({ status, type, message }: Failure) => {
    const [ownType, ownMessage] = ERRORS[status] ?? ['api_error', 'Unexpected error.'];
    return {
      type: 'error',
      error: { type: type ?? ownType, message: message ?? ownMessage },
      request_id: vendorId('req_'),
    };
  },
  models: (ids) => ({
    data: ids.map((id) => ({
      type: 'model',
      id,
      display_name: id,
      created_at: '2025-01-01T00:00:00Z',
    })),
    has_more: false,
    first_id: ids[0] ?? null,
    last_id: ids.at(-1) ?? null,
  }),
  headers: () => ({ 'request-id': vendorId('req_') }),
  objection: anthropicObjection,
};

class AnthropicEncoder implements StreamEncoder {
  private index = -1;
  private open: 'text' | 'thinking' | undefined;
  private readonly model: string;

  constructor(model: string) {
    this.model = model;
  }

  start(usage: ScriptedUsage | undefined): string {
    const message = {
      model: this.model,
      id: vendorId('msg_'),
      type: 'message',
      role: 'assistant',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      ...(usage ? { usage: { ...inputUsage(usage), output_tokens: 1, service_tier: 'standard' } } : {}),
    };
    return `${event('message_start', { message })}event: ping\ndata: {"type": "ping"}\n\n`;
  }

  thinking(delta: string): string {
    return this.delta(
      'thinking',
      '{"type":"thinking","thinking":"","signature":""}',
      'thinking_delta',
      delta,
    );
  }

  sign(signature: string): string {
    if (this.open !== 'thinking') return '';
    const delta = { type: 'signature_delta', signature: signature || SIGNATURE };
    return event('content_block_delta', { index: this.index, delta }) + this.closeBlock();
  }

  redacted(data: string): string {
    return this.block({ type: 'redacted_thinking', data });
  }

  text(delta: string): string {
    return this.delta('text', '{"type":"text","text":""}', 'text_delta', delta);
  }

  toolCall(call: ScriptedToolCall): string[] {
    const id = call.id ?? vendorId('toolu_');
    const before = this.closeBlock();
    const index = ++this.index;
    const block = { type: 'tool_use', id, name: call.name, input: {} };
    const piece = (json: string): string =>
      event('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json: json } });
    return [
      before + event('content_block_start', { index, content_block: block }) + piece(''),
      ...argumentFragments(call).map(piece),
      event('content_block_stop', { index }),
    ];
  }

  finish(finish: Finish, usage: ScriptedUsage | undefined): string {
    const delta = { stop_reason: STOP_REASON[finish], stop_sequence: null };
    const counted = usage ? { usage: { ...inputUsage(usage), output_tokens: usage.outputTokens } } : {};
    return this.closeBlock() + event('message_delta', { delta, ...counted }) + event('message_stop', {});
  }

  error(message: string): string {
    return event('error', { error: { type: 'overloaded_error', message }, request_id: vendorId('req_') });
  }

  private delta(kind: 'text' | 'thinking', start: string, type: string, delta: string): string {
    let before = '';
    if (this.open !== kind) {
      before = `${this.closeBlock()}event: content_block_start\ndata: {"type":"content_block_start","index":${++this.index},"content_block":${start}}\n\n`;
      this.open = kind;
    }
    return `${before}event: content_block_delta\ndata: {"type":"content_block_delta","index":${this.index},"delta":{"type":"${type}","${kind}":${JSON.stringify(delta)}}}\n\n`;
  }

  private block(block: object): string {
    const before = this.closeBlock();
    const index = ++this.index;
    return (
      before +
      event('content_block_start', { index, content_block: block }) +
      event('content_block_stop', { index })
    );
  }

  private closeBlock(): string {
    if (this.open === undefined) return '';
    this.open = undefined;
    return event('content_block_stop', { index: this.index });
  }
}

function event(type: string, rest: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
}

function whole({ model }: ReceivedRequest, { text, thinking, reply, finish, usage }: WholeReply): object {
  const content = [
    ...(thinking === '' ? [] : [{ type: 'thinking', thinking, signature: reply.signature ?? SIGNATURE }]),
    ...(reply.redactedThinking === undefined
      ? []
      : [{ type: 'redacted_thinking', data: reply.redactedThinking }]),
    ...(text === '' ? [] : [{ type: 'text', text }]),
    ...(reply.toolCalls ?? []).map((call) => ({
      type: 'tool_use',
      id: call.id ?? vendorId('toolu_'),
      name: call.name,
      input: call.arguments,
    })),
  ];
  return {
    model,
    id: vendorId('msg_'),
    type: 'message',
    role: 'assistant',
    content,
    stop_reason: STOP_REASON[finish],
    stop_sequence: null,
    ...(usage ? { usage: { ...inputUsage(usage), output_tokens: usage.outputTokens } } : {}),
  };
}

/** Anthropic counts cached tokens apart from the others. */
function inputUsage(usage: ScriptedUsage): object {
  return {
    input_tokens: usage.inputTokens - usage.cachedTokens - usage.cacheWriteTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cachedTokens,
  };
}

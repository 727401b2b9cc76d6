import { asRecord } from '../json.js';
import type { ReceivedRequest } from '../received-request.js';
import type { Failure, Finish, ScriptedToolCall, ScriptedUsage } from '../reply.js';
import {
  argumentFragments,
  argumentsText,
  type StreamEncoder,
  vendorId,
  type WholeReply,
  type WireFormat,
} from '../wire-format.js';
import { openAiObjection } from './openai-objection.js';

const FINISH: Readonly<Record<Finish, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
};

/** What the API sends with a status: type, code, message. */
const ERRORS: Readonly<Record<number, readonly [string, string | null, string]>> = {
  400: ['invalid_request_error', null, 'Invalid request.'],
  401: ['invalid_request_error', 'invalid_api_key', 'Incorrect API key provided.'],
  403: ['invalid_request_error', 'unsupported_country_region_territory', 'Country not supported.'],
  404: [
    'invalid_request_error',
    'model_not_found',
    'The model does not exist or you do not have access to it.',
  ],
  413: ['invalid_request_error', null, 'Request too large.'],
  429: [
    'tokens',
    'rate_limit_exceeded',
    'Rate limit reached on tokens per min (TPM). Please try again later.',
  ],
  500: ['server_error', null, 'The server had an error while processing your request. Sorry about that!'],
  503: ['server_error', null, 'The engine is currently overloaded, please try again later.'],
};

/** OpenAI's chat completions, with `reasoning_content` as DeepSeek and others send it. */
export const openAiFormat: WireFormat = {
  encoder: (request) => new OpenAiEncoder(request),
  whole,
  failure,
  models: (ids) => ({
    object: 'list',
    data: ids.map((id) => ({ id, object: 'model', created: 1_700_000_000, owned_by: 'system' })),
  }),
  headers: () => ({ 'x-request-id': vendorId('req_'), 'openai-processing-ms': '1' }),
  objection: openAiObjection,
};

class OpenAiEncoder implements StreamEncoder {
  private readonly head: string;
  private readonly includeUsage: boolean;
  private readonly tail: string;

  constructor(request: ReceivedRequest) {
    const envelope = {
      id: vendorId('chatcmpl-'),
      object: 'chat.completion.chunk',
      created: Math.floor(Date.now() / 1000),
      model: request.model,
      service_tier: 'default',
      system_fingerprint: 'fp_scripted',
    };
    this.head = `data: ${JSON.stringify(envelope).slice(0, -1)},"choices":`;
    this.includeUsage = asRecord(request.body['stream_options'])['include_usage'] === true;
    this.tail = this.includeUsage ? ',"usage":null}\n\n' : '}\n\n';
  }

  start(): string {
    return this.chunk('{"role":"assistant","content":"","refusal":null}');
  }

  thinking(delta: string): string {
    return this.chunk(`{"reasoning_content":${JSON.stringify(delta)}}`);
  }

  sign(): string {
    return '';
  }

  redacted(): string {
    return '';
  }

  text(delta: string): string {
    return this.chunk(`{"content":${JSON.stringify(delta)}}`);
  }

  toolCall(call: ScriptedToolCall, index: number): string[] {
    const open = {
      index,
      id: call.id ?? vendorId('call_'),
      type: 'function',
      function: { name: call.name, arguments: '' },
    };
    return [
      this.chunk(JSON.stringify({ tool_calls: [open] })),
      ...argumentFragments(call).map((fragment) =>
        this.chunk(JSON.stringify({ tool_calls: [{ index, function: { arguments: fragment } }] })),
      ),
    ];
  }

  finish(finish: Finish, usage: ScriptedUsage | undefined): string {
    const last = this.chunk('{}', `"${FINISH[finish]}"`);
    const counted =
      this.includeUsage && usage ? `${this.head}[],"usage":${JSON.stringify(usageBody(usage))}}\n\n` : '';
    return `${last}${counted}data: [DONE]\n\n`;
  }

  error(message: string): string {
    const error = { message, type: 'server_error', param: null, code: null };
    return `data: ${JSON.stringify({ error })}\n\n`;
  }

  private chunk(delta: string, finish = 'null'): string {
    return `${this.head}[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}]${this.tail}`;
  }
}

function whole(request: ReceivedRequest, { text, thinking, reply, finish, usage }: WholeReply): object {
  const calls = reply.toolCalls ?? [];
  return {
    id: vendorId('chatcmpl-'),
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: request.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text === '' && calls.length > 0 ? null : text,
          refusal: null,
          ...(thinking === '' ? {} : { reasoning_content: thinking }),
          ...(calls.length === 0 ? {} : { tool_calls: calls.map(toolCall) }),
        },
        logprobs: null,
        finish_reason: FINISH[finish],
      },
    ],
    ...(usage ? { usage: usageBody(usage) } : {}),
    system_fingerprint: 'fp_scripted',
  };
}

function toolCall(call: ScriptedToolCall): object {
  return {
    id: call.id ?? vendorId('call_'),
    type: 'function',
    function: { name: call.name, arguments: argumentsText(call) },
  };
}

function usageBody(usage: ScriptedUsage): object {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedTokens, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  };
}

function failure({ status, message, type, code }: Failure): object {
  const [ownType, ownCode, ownMessage] = ERRORS[status] ?? ['server_error', null, 'Unexpected error.'];
  return {
    error: { message: message ?? ownMessage, type: type ?? ownType, param: null, code: code ?? ownCode },
  };
}

import { BodyReader, invalid } from '../input/body-reader.js';
import { readMessages } from '../input/read-messages.js';
import { readStop } from '../input/read-stop.js';
import { refuseUnsupported } from '../input/unsupported-parameters.js';
import { MODEL_MAX_CHARS } from '../http.limits.js';
import type { SamplingParameters } from '#contracts';
import type { ChatRequest } from './chat-request.js';
import { UNSUPPORTED_IN_CHAT } from './unsupported-parameters.js';

/** @throws HttpError that names the offending parameter. */
export function readChatRequest(raw: unknown): ChatRequest {
  const body = BodyReader.of(raw);
  const conversation = readMessages(body.raw('messages'), 'messages');
  refuseUnsupported(body, UNSUPPORTED_IN_CHAT);
  const stream = body.boolean('stream') ?? false;
  const options = body.object('stream_options');
  if (options && !stream) throw invalid('stream_options', 'is possible with stream: true only');
  return {
    model: body.string('model', MODEL_MAX_CHARS),
    conversation,
    sampling: readSampling(body),
    stream,
    includeUsage: options?.boolean('include_usage') ?? false,
    background: body.boolean('background') ?? false,
  };
}

function readSampling(body: BodyReader): SamplingParameters {
  const maxTokens = body.integer('max_completion_tokens', 1) ?? body.integer('max_tokens', 1);
  const all = {
    temperature: body.number('temperature', 0, 2),
    topP: body.number('top_p', 0, 1),
    maxTokens,
    stop: readStop(body),
    presencePenalty: body.number('presence_penalty', -2, 2),
    frequencyPenalty: body.number('frequency_penalty', -2, 2),
    seed: body.integer('seed', Number.MIN_SAFE_INTEGER),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

import type { SamplingParameters } from '#contracts';
import { MODEL_MAX_CHARS } from '../http.limits.js';
import { BodyReader, invalid, unsupported } from '../input/body-reader.js';
import { readMessages } from '../input/read-messages.js';
import { isTextFormat, refuseUnsupported, TEXT_ONLY } from '../input/unsupported-parameters.js';
import { readInput } from './read-input.js';
import type { ResponseRequest } from './response-request.js';
import { UNSUPPORTED_IN_RESPONSES } from './unsupported-parameters.js';

const ID_MAX_CHARS = 64;
const METADATA_MAX_KEYS = 16;

/** @throws HttpError that names the offending parameter. */
export function readResponseRequest(raw: unknown): ResponseRequest {
  const body = BodyReader.of(raw);
  const form = !body.has('input') && body.has('messages') ? 'messages' : 'input';
  const conversation =
    form === 'messages' ? readMessages(body.raw('messages'), 'messages') : readInput(body.raw('input'));
  refuseUnsupported(body, UNSUPPORTED_IN_RESPONSES);
  refuseOtherFormats(body);
  const instructions = body.string('instructions', Number.MAX_SAFE_INTEGER);
  const store = body.boolean('store') ?? true;
  const background = body.boolean('background') ?? false;
  if (background && !store)
    throw invalid('background', 'needs store: its answer is read later, by the id of the response');
  return {
    form,
    model: body.string('model', MODEL_MAX_CHARS),
    conversation: {
      ...conversation,
      instructions: [...(instructions === undefined ? [] : [instructions]), ...conversation.instructions],
    },
    sampling: readSampling(body, form),
    instructions,
    previousResponseId: body.string('previous_response_id', ID_MAX_CHARS),
    store,
    stream: body.boolean('stream') ?? false,
    background,
    metadata: readMetadata(body),
  };
}

function readSampling(body: BodyReader, form: ResponseRequest['form']): SamplingParameters {
  const temperature = body.number('temperature', 0, 2);
  const topP = body.number('top_p', 0, 1);
  const maxTokens = body.integer(form === 'input' ? 'max_output_tokens' : 'max_tokens', 1);
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(maxTokens !== undefined && { maxTokens }),
  };
}

function refuseOtherFormats(body: BodyReader): void {
  const format = body.object('text')?.raw('format');
  if (format !== undefined && !isTextFormat(format)) throw unsupported('text.format', TEXT_ONLY);
}

function readMetadata(body: BodyReader): Readonly<Record<string, unknown>> {
  const value = body.raw('metadata');
  if (value === undefined) return {};
  BodyReader.of(value, 'metadata');
  const entries = Object.entries(value as object);
  const isPlain = entries.every(([, entry]) => typeof entry === 'string');
  if (isPlain && entries.length <= METADATA_MAX_KEYS) return Object.fromEntries(entries);
  throw invalid('metadata', `must be an object of up to ${METADATA_MAX_KEYS} strings`);
}

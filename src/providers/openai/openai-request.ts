import type {
  ChatCompletionCreateParamsStreaming,
  ChatCompletionFunctionTool,
} from 'openai/resources/chat/completions';
import type { LlmRequest, LlmTool } from '#contracts';
import { cleanSchema } from '../schema/clean-schema.js';
import type { ToolDefinitions } from '../schema/tool-definitions.js';
import { effortOf } from '../thinking-effort.js';
import type { OpenAiDialect } from './openai-dialect.js';
import { openAiMessages } from './openai-messages.js';

/** o1, o3-mini, gpt-5 and later, also behind a vendor's prefix; `gpt-5-chat` is an ordinary model. */
const REASONING_MODEL = /(^|\/)(o\d|gpt-([5-9]|\d\d)(?!\d|[\w.-]*chat))/;

/** The body of a streamed chat completion. */
export function openAiRequest(
  request: LlmRequest,
  dialect: OpenAiDialect,
  tools: ToolDefinitions<ChatCompletionFunctionTool>,
): ChatCompletionCreateParamsStreaming {
  const model = dialect.model(request.model);
  return {
    model,
    messages: openAiMessages(request, dialect),
    ...(request.tools.length === 0
      ? {}
      : { tools: [...tools.of(request.tools)], tool_choice: request.toolChoice ?? 'auto' }),
    ...sampling(request, REASONING_MODEL.test(model)),
    stream: true,
    stream_options: { include_usage: true },
  };
}

export function openAiTool(tool: LlmTool, dialect: OpenAiDialect): ChatCompletionFunctionTool {
  const { name, description } = tool;
  return {
    type: 'function',
    function: { name, description, parameters: cleanSchema(tool.parameters, dialect.schemaStyle) },
  };
}

/** Reasoning models refuse everything that steers sampling, and name their limit differently. */
function sampling(
  { sampling: wanted, thinking }: LlmRequest,
  isReasoning: boolean,
): Partial<ChatCompletionCreateParamsStreaming> {
  const { temperature, topP, maxTokens, stop, presencePenalty, frequencyPenalty, seed } = wanted;
  if (isReasoning)
    return {
      ...(maxTokens === undefined ? {} : { max_completion_tokens: maxTokens }),
      ...(thinking === undefined ? {} : { reasoning_effort: effortOf(thinking.budgetTokens) }),
      ...(seed === undefined ? {} : { seed }),
    };
  return {
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(stop === undefined || stop.length === 0 ? {} : { stop: [...stop] }),
    ...(presencePenalty === undefined ? {} : { presence_penalty: presencePenalty }),
    ...(frequencyPenalty === undefined ? {} : { frequency_penalty: frequencyPenalty }),
    ...(seed === undefined ? {} : { seed }),
  };
}

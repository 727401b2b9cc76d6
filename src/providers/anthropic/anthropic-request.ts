import type { MessageCreateParamsStreaming, Tool } from '@anthropic-ai/sdk/resources/messages';
import type { LlmMessage, LlmRequest, LlmTool } from '#contracts';
import { cleanSchema } from '../schema/clean-schema.js';
import type { ToolDefinitions } from '../schema/tool-definitions.js';
import { effortOf } from '../thinking-effort.js';
import { BREAKPOINT, setCacheBreakpoints } from './anthropic-cache.js';
import { anthropicMessages, isSigned } from './anthropic-messages.js';
import { isSteerable } from './anthropic-models.js';

/** Anthropic demands a limit. */
const DEFAULT_MAX_TOKENS = 8_192;
/** The smallest budget that Anthropic takes. */
const MIN_THINKING_TOKENS = 1_024;
/** Anthropic's scale ends at 1, OpenAI's at 2. */
const MAX_TEMPERATURE = 1;

/** The SDK has dropped the parameters that new models refuse; older ones take them. */
export interface AnthropicBody extends MessageCreateParamsStreaming {
  temperature?: number;
  top_p?: number;
}

/** The body of a streamed messages request. */
export function anthropicRequest(request: LlmRequest, tools: ToolDefinitions<Tool>): AnthropicBody {
  const messages = anthropicMessages(request.messages);
  setCacheBreakpoints(messages);
  return {
    model: request.model,
    ...limits(request),
    ...(request.tools.length === 0 ? {} : { tools: [...tools.of(request.tools)] }),
    // Refused without tools.
    ...(request.tools.length > 0 && request.toolChoice === 'none' ? { tool_choice: { type: 'none' } } : {}),
    ...(request.system === ''
      ? {}
      : { system: [{ type: 'text', text: request.system, cache_control: BREAKPOINT }] }),
    messages,
    stream: true,
  };
}

export function anthropicTool({ name, description, parameters }: LlmTool, isLast: boolean): Tool {
  const schema = cleanSchema(parameters, 'anthropic');
  return {
    name,
    description,
    input_schema: { ...schema, type: 'object' },
    ...(isLast ? { cache_control: BREAKPOINT } : {}),
  };
}

type Limits = Pick<
  AnthropicBody,
  'max_tokens' | 'thinking' | 'output_config' | 'temperature' | 'top_p' | 'stop_sequences'
>;

function limits(request: LlmRequest): Limits {
  const { maxTokens = DEFAULT_MAX_TOKENS, stop } = request.sampling;
  const stops = stop === undefined || stop.length === 0 ? {} : { stop_sequences: [...stop] };
  if (!isSteerable(request.model)) return { max_tokens: maxTokens, ...adaptive(request), ...stops };
  if (!request.thinking || !mayThink(request.messages))
    return { max_tokens: maxTokens, ...steered(request), ...stops };
  const budget = Math.max(MIN_THINKING_TOKENS, request.thinking.budgetTokens);
  // The budget is part of the limit. While thinking, sampling cannot be steered.
  const limit = maxTokens > budget ? maxTokens : budget + maxTokens;
  return { max_tokens: limit, thinking: { type: 'enabled', budget_tokens: budget }, ...stops };
}

function adaptive({ thinking }: LlmRequest): Partial<Limits> {
  if (!thinking) return {};
  return {
    thinking: { type: 'adaptive', display: 'summarized' },
    output_config: { effort: effortOf(thinking.budgetTokens) },
  };
}

/** Newer models refuse both at once. */
function steered({ sampling: { temperature, topP } }: LlmRequest): Partial<Limits> {
  if (temperature !== undefined) return { temperature: Math.min(MAX_TEMPERATURE, temperature) };
  return topP === undefined ? {} : { top_p: topP };
}

/**
 * A turn with tool calls must go on as it began: when its calls came without signed thinking (another provider
 * made them), Anthropic refuses to think in the rest of the turn.
 */
function mayThink(messages: readonly LlmMessage[]): boolean {
  const turn = messages.slice(messages.findLastIndex(({ role }) => role === 'user') + 1);
  return turn.every(
    (message) =>
      message.role !== 'assistant' || !message.toolCalls?.length || message.thinking?.some(isSigned),
  );
}

import type {
  ChatCompletionContentPart,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import type { ContentPart, LlmMessage, LlmRequest } from '#contracts';
import { describeImage } from '../http/images.js';
import { sentArguments } from '../http/tool-arguments.js';
import type { OpenAiDialect } from './openai-dialect.js';

/** A conversation as chat completion messages. */
export function openAiMessages(request: LlmRequest, dialect: OpenAiDialect): ChatCompletionMessageParam[] {
  const messages = request.messages.map((message) => toParam(message, dialect));
  return request.system === '' ? messages : [{ role: 'system', content: request.system }, ...messages];
}

function toParam(message: LlmMessage, { toolCallId }: OpenAiDialect): ChatCompletionMessageParam {
  if (message.role === 'user') return { role: 'user', content: userContent(message.content) };
  // Only text is taken in tool results; images are described.
  if (message.role === 'tool')
    return {
      role: 'tool',
      tool_call_id: toolCallId(message.toolCallId),
      content: message.content.map(describe).join('\n'),
    };
  const calls = (message.toolCalls ?? []).map((call) => ({
    id: toolCallId(call.id),
    type: 'function' as const,
    function: { name: call.name, arguments: JSON.stringify(sentArguments(call)) },
  }));
  if (calls.length === 0) return { role: 'assistant', content: message.content };
  // Left out when empty: some endpoints take neither null nor an empty text beside tool calls.
  const content = message.content === '' ? {} : { content: message.content };
  return { role: 'assistant', ...content, tool_calls: calls };
}

function userContent(parts: readonly ContentPart[]): string | ChatCompletionContentPart[] {
  if (parts.every((part) => part.type === 'text')) return parts.map(({ text }) => text).join('\n');
  return parts.map((part) =>
    part.type === 'text'
      ? { type: 'text', text: part.text }
      : { type: 'image_url', image_url: { url: part.url } },
  );
}

function describe(part: ContentPart): string {
  return part.type === 'text' ? part.text : describeImage(part.url);
}

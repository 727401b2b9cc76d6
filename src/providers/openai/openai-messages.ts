import type {
  ChatCompletionContentPart,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import type { ContentPart, LlmMessage, LlmRequest } from '#contracts';
import { sentArguments } from '../http/tool-arguments.js';
import type { OpenAiDialect } from './openai-dialect.js';
import { ToolPictures } from './tool-pictures.js';

/** A conversation as chat completion messages. */
export function openAiMessages(request: LlmRequest, dialect: OpenAiDialect): ChatCompletionMessageParam[] {
  const pictures = new ToolPictures(dialect.toolImagesAsText);
  const messages = request.messages.flatMap((message) => {
    const before = message.role === 'tool' ? [] : pictures.flush();
    return [...before, toParam(message, dialect, pictures)];
  });
  messages.push(...pictures.flush());
  return request.system === '' ? messages : [{ role: 'system', content: request.system }, ...messages];
}

function toParam(
  message: LlmMessage,
  { toolCallId }: OpenAiDialect,
  pictures: ToolPictures,
): ChatCompletionMessageParam {
  if (message.role === 'user') return { role: 'user', content: userContent(message.content) };
  if (message.role === 'tool')
    return {
      role: 'tool',
      tool_call_id: toolCallId(message.toolCallId),
      content: pictures.textOf(message),
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

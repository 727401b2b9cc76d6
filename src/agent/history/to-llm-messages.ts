import type { ContentPart, LlmMessage } from '#contracts';
import { messageText, type TranscriptMessage } from './transcript-message.js';

const SUMMARY_HEADER = '[Previous conversation summary]';
const SUMMARY_ACKNOWLEDGEMENT = 'I have the summary of our earlier conversation and will go on from there.';

/**
 * The messages as a provider takes them. A summary of what came before the window is told as an exchange of its
 * own. Assistant messages without text and tool calls are left out: providers refuse empty ones.
 */
export function toLlmMessages(
  messages: readonly TranscriptMessage[],
  summary?: string,
): readonly LlmMessage[] {
  return [...summaryExchange(summary), ...messages.flatMap(toLlmMessage)];
}

function summaryExchange(summary: string | undefined): readonly LlmMessage[] {
  if (summary === undefined || summary.trim() === '') return [];
  return [
    { role: 'user', content: [{ type: 'text', text: `${SUMMARY_HEADER}\n${summary}` }] },
    { role: 'assistant', content: SUMMARY_ACKNOWLEDGEMENT },
  ];
}

function toLlmMessage(message: TranscriptMessage): readonly LlmMessage[] {
  switch (message.role) {
    case 'user':
      return [{ role: 'user', content: withContext(message) }];
    case 'assistant':
      return toAssistantMessage(message);
    case 'tool':
      return [
        {
          role: 'tool',
          toolCallId: message.toolCallId ?? '',
          toolName: message.toolName ?? '',
          content: message.content,
          isError: message.isError ?? false,
        },
      ];
  }
}

function toAssistantMessage(message: TranscriptMessage): readonly LlmMessage[] {
  const content = messageText(message);
  const toolCalls = message.toolCalls ?? [];
  if (content.trim() === '' && toolCalls.length === 0) return [];
  return [
    {
      role: 'assistant',
      content,
      ...(message.thinking !== undefined && message.thinking.length > 0 && { thinking: message.thinking }),
      ...(toolCalls.length > 0 && { toolCalls }),
    },
  ];
}

function withContext(message: TranscriptMessage): readonly ContentPart[] {
  const { context, content } = message;
  if (context === undefined || context === '') return content;
  const textAt = content.findIndex((part) => part.type === 'text');
  if (textAt < 0) return [{ type: 'text', text: context }, ...content];
  return content.map((part, at) =>
    at === textAt && part.type === 'text' ? { type: 'text', text: `${context}\n\n${part.text}` } : part,
  );
}

import type { ContentPart } from '#contracts';
import type { HistoryMessage } from '#protocol';
import type { StoredMessage } from '#store';

/** Stands for an image in the text of a message. */
const IMAGE_MARK = '[image]';

/** A stored message as clients see it. */
export function showMessage(message: StoredMessage): HistoryMessage {
  const { id, seq, role, content, toolCalls, toolCallId, runId, createdAt } = message;
  return {
    id,
    seq,
    role,
    content: content.map(textOf).join('\n'),
    ...(toolCalls?.length && {
      tool_calls: toolCalls.map(({ id: callId, name, arguments: args }) => ({
        id: callId,
        name,
        arguments: args,
      })),
    }),
    ...(toolCallId !== undefined && { tool_call_id: toolCallId }),
    ...(runId !== undefined && { runId }),
    createdAt: createdAt.toISOString(),
  };
}

function textOf(part: ContentPart): string {
  return part.type === 'text' ? part.text : IMAGE_MARK;
}

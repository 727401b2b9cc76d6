import type { StoredMessage } from '#store';
import type { SessionMessageDto } from './dto/session.dto.js';

/** Stands for an image in the text of a message. */
const IMAGE_MARK = '[image]';

export function messageOf(message: StoredMessage): SessionMessageDto {
  const { id, seq, role, content, toolCalls, toolCallId, toolName, isError, runId, tokens, createdAt } =
    message;
  return {
    id,
    seq,
    role,
    content: content.map((part) => (part.type === 'text' ? part.text : IMAGE_MARK)).join('\n'),
    tokens,
    created_at: createdAt.toISOString(),
    ...(toolCalls?.length && {
      tool_calls: toolCalls.map((call) => ({ id: call.id, name: call.name, arguments: call.arguments })),
    }),
    ...(toolCallId !== undefined && { tool_call_id: toolCallId }),
    ...(toolName !== undefined && { tool_name: toolName }),
    ...(isError !== undefined && { is_error: isError }),
    ...(runId !== undefined && { run_id: runId }),
  };
}

import type { ContentPart, ThinkingBlock, ToolCall } from '#contracts';
import type { SessionMessageEntity } from './session-message.entity.js';

/** A message to append; its sequence number is given by the statement that appends it. */
export interface NewMessage {
  readonly id: string;
  readonly role: 'user' | 'assistant' | 'tool';
  readonly content: readonly ContentPart[];
  /**
   * A line put in front of a user's text when it was stored, e.g. the time. Never rewritten, so that the provider's
   * prompt cache stays valid.
   */
  readonly context?: string;
  readonly thinking?: readonly ThinkingBlock[];
  readonly toolCalls?: readonly ToolCall[];
  readonly toolCallId?: string;
  readonly toolName?: string;
  readonly isError?: boolean;
  /** Estimated tokens, for the decision when to compact. */
  readonly tokens: number;
}

/** A stored message. */
export interface StoredMessage extends NewMessage {
  readonly seq: number;
  readonly runId?: string;
  readonly createdAt: Date;
}

/**
 * SQL that appends the messages of the jsonb parameter `$n` behind the row of the CTE `s(session_id, first_seq)`.
 * Messages are `NewMessage` objects in the snake case of {@link messageRecords}.
 */
export function insertMessages(messagesParam: string, runIdParam: string): string {
  return `INSERT INTO session_messages (session_id, seq, id, role, content, context, thinking, tool_calls,
      tool_call_id, tool_name, is_error, run_id, tokens)
    SELECT s.session_id, s.first_seq + n.ord - 1, n.id, n.role, n.content, n.context, n.thinking, n.tool_calls,
      n.tool_call_id, n.tool_name, n.is_error, ${runIdParam}::uuid, n.tokens
    FROM s, ROWS FROM (jsonb_to_recordset(${messagesParam}::jsonb) AS (id uuid, role text, content jsonb,
      context text, thinking jsonb, tool_calls jsonb, tool_call_id text, tool_name text, is_error boolean,
      tokens int)) WITH ORDINALITY AS n(id, role, content, context, thinking, tool_calls, tool_call_id, tool_name,
      is_error, tokens, ord)`;
}

/** Messages in the shape that {@link insertMessages} reads. */
export function messageRecords(messages: readonly NewMessage[]): Record<string, unknown>[] {
  return messages.map((message) => ({
    id: message.id,
    role: message.role,
    content: message.content,
    context: message.context,
    thinking: message.thinking,
    tool_calls: message.toolCalls,
    tool_call_id: message.toolCallId,
    tool_name: message.toolName,
    is_error: message.isError,
    tokens: message.tokens,
  }));
}

/** Columns of {@link MessageRow}. */
export const MESSAGE_COLUMNS = `seq, id, role, content, context, thinking, tool_calls, tool_call_id, tool_name,
  is_error, run_id, tokens, created_at`;

export type MessageRow = Omit<SessionMessageEntity, 'session' | 'session_id' | 'seq'> & { seq: string };

export function toStoredMessage(row: MessageRow): StoredMessage {
  return {
    seq: Number(row.seq),
    id: row.id,
    role: row.role,
    content: row.content,
    tokens: row.tokens,
    createdAt: row.created_at,
    ...(row.context !== null && { context: row.context }),
    ...(row.thinking && { thinking: row.thinking }),
    ...(row.tool_calls && { toolCalls: row.tool_calls }),
    ...(row.tool_call_id !== null && { toolCallId: row.tool_call_id }),
    ...(row.tool_name !== null && { toolName: row.tool_name }),
    ...(row.is_error !== null && { isError: row.is_error }),
    ...(row.run_id !== null && { runId: row.run_id }),
  };
}

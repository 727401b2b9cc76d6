import type { ContentPart, ThinkingBlock, ToolCall } from '#contracts';

/** A stored message of a session, as the history pipeline sees it. Immutable; ordered by `seq`. */
export interface TranscriptMessage {
  readonly seq: number;
  readonly role: 'user' | 'assistant' | 'tool';
  readonly content: readonly ContentPart[];
  /**
   * A line put in front of a user's text when it was stored, e.g. `Current time: 2026-11-22 07:50 UTC`. Stored
   * with the message and never rewritten, so that the provider's prompt cache stays valid.
   */
  readonly context?: string;
  readonly thinking?: readonly ThinkingBlock[];
  readonly toolCalls?: readonly ToolCall[];
  /** Of a tool message: the call that it answers. */
  readonly toolCallId?: string;
  readonly toolName?: string;
  readonly isError?: boolean;
}

/** The text of a message's content, its parts joined by line breaks; images are left out. */
export function messageText(message: TranscriptMessage): string {
  return message.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

import type { ToolCall } from '#contracts';
import type { TranscriptMessage } from '../../src/agent/history/transcript-message.js';

/** Builders of transcript messages, for specs. */
export const user = (seq: number, text: string, context?: string): TranscriptMessage => ({
  seq,
  role: 'user',
  content: [{ type: 'text', text }],
  ...(context !== undefined && { context }),
});

export const call = (id: string, name = 'read_file'): ToolCall => ({ id, name, arguments: {} });

export const assistant = (seq: number, text: string, ...callIds: string[]): TranscriptMessage => ({
  seq,
  role: 'assistant',
  content: text === '' ? [] : [{ type: 'text', text }],
  ...(callIds.length > 0 && { toolCalls: callIds.map((id) => call(id)) }),
});

export const result = (seq: number, callId: string, text = 'ok'): TranscriptMessage => ({
  seq,
  role: 'tool',
  content: [{ type: 'text', text }],
  toolCallId: callId,
  toolName: 'read_file',
  isError: false,
});

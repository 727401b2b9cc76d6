import type { ToolCall } from '#contracts';
import type { NewMessage } from '#store';
import type { ToolOutcome } from '#tools';
import { UNKNOWN_OUTCOME_NOTE } from '../history/repair-pairing.js';
import { withTokens } from './with-tokens.js';

/** What came of a call, as a row of the transcript. */
export function toolMessage({ call, result }: ToolOutcome): NewMessage {
  return withTokens({
    role: 'tool',
    content: result.content,
    toolCallId: call.id,
    toolName: call.name,
    isError: result.isError,
  });
}

/** The result of a call that was going when its process ended: it may or may not have happened. */
export function unknownOutcome({ id, name }: ToolCall): NewMessage {
  return withTokens({
    role: 'tool',
    content: [{ type: 'text', text: UNKNOWN_OUTCOME_NOTE }],
    toolCallId: id,
    toolName: name,
    isError: true,
  });
}

/** The calls at the end of a conversation that have no result, in their order. */
export function openCalls(
  messages: readonly Pick<NewMessage, 'role' | 'toolCalls' | 'toolCallId'>[],
): readonly ToolCall[] {
  const at = messages.findLastIndex(({ role }) => role !== 'tool');
  const answered = new Set(messages.slice(at + 1).map(({ toolCallId }) => toolCallId));
  return (messages[at]?.toolCalls ?? []).filter(({ id }) => !answered.has(id));
}

/** The result of a call that was not made, because its caller may no longer have it made. */
export function notExecuted(call: ToolCall): NewMessage {
  return withTokens({
    role: 'tool',
    toolCallId: call.id,
    toolName: call.name,
    isError: true,
    content: [{ type: 'text', text: '[Not executed: the access was withdrawn before the call was made.]' }],
  });
}

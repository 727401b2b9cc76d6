import type { ToolCall } from '#contracts';
import type { TranscriptMessage } from './transcript-message.js';

/** What a model is told of a call whose result was never recorded. It must not simply repeat it. */
export const UNKNOWN_OUTCOME_NOTE =
  '[The outcome of this tool call is unknown: the run was interrupted before a result was recorded. ' +
  'It may have taken effect. Check the present state before you repeat it.]';

/**
 * Makes tool calls and results pair up, as every provider demands: the results of an assistant message directly
 * follow it, one for each call, in the order of the calls. Missing results are synthesised, results of no call
 * are dropped. Repairing twice changes nothing.
 */
export function repairPairing(messages: readonly TranscriptMessage[]): readonly TranscriptMessage[] {
  const repaired: TranscriptMessage[] = [];
  for (let at = 0; at < messages.length; at += 1) {
    const message = messages[at];
    if (message === undefined || message.role === 'tool') continue;
    repaired.push(message);
    if (message.role !== 'assistant' || message.toolCalls === undefined) continue;
    const results = followingResults(messages, at + 1);
    for (const call of message.toolCalls) {
      repaired.push(takeResult(results, call.id) ?? unknownOutcome(message.seq, call));
    }
  }
  return repaired;
}

function followingResults(messages: readonly TranscriptMessage[], from: number): TranscriptMessage[] {
  let end = from;
  while (messages[end]?.role === 'tool') end += 1;
  return messages.slice(from, end);
}

/** Removes and returns the first result of a call: of two results only the first one counts. */
function takeResult(results: TranscriptMessage[], callId: string): TranscriptMessage | undefined {
  const at = results.findIndex((result) => result.toolCallId === callId);
  return at < 0 ? undefined : results.splice(at, 1)[0];
}

function unknownOutcome(seq: number, call: ToolCall): TranscriptMessage {
  return {
    seq,
    role: 'tool',
    content: [{ type: 'text', text: UNKNOWN_OUTCOME_NOTE }],
    toolCallId: call.id,
    toolName: call.name,
    isError: true,
  };
}

import type { ReceivedRequest } from '../received-request.js';
import type { Failure } from '../reply.js';

/** The rules of the API about the order of a conversation, and the key. */
export function openAiObjection(request: ReceivedRequest): Failure | undefined {
  if (request.apiKey === '') return { status: 401, message: "You didn't provide an API key." };
  if (request.model === '') return { status: 400, message: 'you must provide a model parameter' };
  if (request.messages.length === 0 && request.system === '')
    return { status: 400, message: "Invalid 'messages': empty array." };
  return orderObjection(request);
}

function orderObjection({ messages }: ReceivedRequest): Failure | undefined {
  let pending = new Set<string>();
  for (const message of messages) {
    if (message.role === 'tool') {
      if (pending.delete(message.toolCallId ?? '')) continue;
      return {
        status: 400,
        message:
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
      };
    }
    if (pending.size > 0) return unanswered(pending);
    pending = new Set(message.toolCalls.map(({ id }) => id));
  }
  return pending.size > 0 ? unanswered(pending) : undefined;
}

function unanswered(ids: ReadonlySet<string>): Failure {
  return {
    status: 400,
    message:
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each " +
      `'tool_call_id'. The following tool_call_ids did not have response messages: ${[...ids].join(', ')}`,
  };
}

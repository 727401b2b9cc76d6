import { asRecord, type Json, records, text } from '../json.js';
import type { ReceivedConversation, ReceivedMessage } from '../received-request.js';

const SYSTEM_ROLES: readonly unknown[] = ['system', 'developer'];

/** Reads the body of a chat completion request. */
export function readOpenAiConversation(body: Json): ReceivedConversation {
  const messages = records(body['messages']);
  return {
    system: messages
      .filter(({ role }) => SYSTEM_ROLES.includes(role))
      .map((message) => textOf(message['content']))
      .join('\n'),
    messages: messages.filter(({ role }) => !SYSTEM_ROLES.includes(role)).map(readMessage),
    tools: records(body['tools']).map((tool) => {
      const definition = asRecord(tool['function']);
      return {
        name: text(definition['name']),
        description: text(definition['description']),
        parameters: asRecord(definition['parameters']),
      };
    }),
  };
}

function readMessage(message: Json): ReceivedMessage {
  const role = message['role'];
  return {
    role: role === 'assistant' || role === 'tool' ? role : 'user',
    text: textOf(message['content']),
    images: records(message['content'])
      .filter((part) => part['type'] === 'image_url')
      .map((part) => text(asRecord(part['image_url'])['url'])),
    toolCalls: records(message['tool_calls']).map((call) => ({
      id: text(call['id']),
      name: text(asRecord(call['function'])['name']),
      arguments: text(asRecord(call['function'])['arguments']),
    })),
    ...(role === 'tool' ? { toolCallId: text(message['tool_call_id']) } : {}),
    thinking: [],
  };
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return records(content)
    .map((part) => text(part['text']))
    .join('');
}

import { asRecord, type Json, records, text } from '../json.js';
import type { ReceivedConversation, ReceivedMessage } from '../received-request.js';

/** Reads the body of a messages request; each tool result becomes a `tool` message of its own. */
export function readAnthropicConversation(body: Json): ReceivedConversation {
  return {
    system: textOf(body['system']),
    messages: records(body['messages']).flatMap(readMessage),
    tools: records(body['tools']).map((tool) => ({
      name: text(tool['name']),
      description: text(tool['description']),
      parameters: asRecord(tool['input_schema']),
    })),
  };
}

function readMessage(message: Json): ReceivedMessage[] {
  const blocks = blocksOf(message['content']);
  const results = blocks.filter((block) => block['type'] === 'tool_result').map(readToolResult);
  const rest = blocks.filter((block) => block['type'] !== 'tool_result');
  if (rest.length === 0 && results.length > 0) return results;
  const own: ReceivedMessage = {
    role: message['role'] === 'assistant' ? 'assistant' : 'user',
    text: textOf(rest),
    images: imagesOf(rest),
    toolCalls: rest
      .filter((block) => block['type'] === 'tool_use')
      .map((block) => ({
        id: text(block['id']),
        name: text(block['name']),
        arguments: JSON.stringify(block['input']),
      })),
    thinking: rest.filter((block) => text(block['type']).endsWith('thinking')),
  };
  return [...results, own];
}

function readToolResult(block: Json): ReceivedMessage {
  return {
    role: 'tool',
    text: textOf(block['content']),
    images: imagesOf(blocksOf(block['content'])),
    toolCalls: [],
    toolCallId: text(block['tool_use_id']),
    isError: block['is_error'] === true,
    thinking: [],
  };
}

export function blocksOf(content: unknown): readonly Json[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : records(content);
}

function textOf(content: unknown): string {
  return blocksOf(content)
    .map((block) => text(block['text']))
    .join('');
}

function imagesOf(blocks: readonly Json[]): string[] {
  return blocks
    .filter((block) => block['type'] === 'image')
    .map((block) => {
      const source = asRecord(block['source']);
      return source['type'] === 'url'
        ? text(source['url'])
        : `data:${text(source['media_type'])};base64,${text(source['data'])}`;
    });
}

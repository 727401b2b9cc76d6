import type { GivenMessage } from '#agent';
import { HttpError } from '../http.errors.js';
import { arrayOf, BodyReader, invalid, unsupported } from './body-reader.js';
import type { Conversation } from './conversation.js';
import { readContent, readText } from './read-content.js';

const OWN_TOOLS = 'the agent runs its own tools, and tool steps of others are unknown to it.';

/** Messages in the form of chat completions. @throws HttpError */
export function readMessages(value: unknown, path: string): Conversation {
  if (value === undefined || value === null) {
    throw new HttpError('missing-parameter', `${path} is required.`, { param: path });
  }
  const instructions: string[] = [];
  const messages: GivenMessage[] = [];
  for (const [index, item] of arrayOf(value, path).entries()) {
    const message = BodyReader.of(item, `${path}[${index}]`);
    const role = message.raw('role');
    const content = message.raw('content');
    if (role === 'system' || role === 'developer')
      instructions.push(readText(content, message.at('content')));
    else messages.push(readMessage(message, role));
  }
  return { instructions, messages };
}

function readMessage(message: BodyReader, role: unknown): GivenMessage {
  const path = message.at('content');
  switch (role) {
    case 'user':
      return { role, content: readContent(message.raw('content'), path) };
    case 'assistant':
      for (const key of ['tool_calls', 'function_call']) {
        if (message.has(key)) throw unsupported(message.at(key), OWN_TOOLS);
      }
      return { role, content: [{ type: 'text', text: readText(message.raw('content'), path) }] };
    case 'tool':
    case 'function':
      throw unsupported(message.at('role'), OWN_TOOLS);
    default:
      throw invalid(message.at('role'), 'must be system, developer, user or assistant');
  }
}

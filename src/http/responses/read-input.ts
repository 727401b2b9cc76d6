import type { GivenMessage } from '#agent';
import { HttpError } from '../http.errors.js';
import { arrayOf, BodyReader, invalid, unsupported } from '../input/body-reader.js';
import type { Conversation } from '../input/conversation.js';
import { readContent, readText } from '../input/read-content.js';

/** The `input` of a response: a text of the user, or a list of message items. @throws HttpError */
export function readInput(value: unknown): Conversation {
  if (value === undefined) throw new HttpError('missing-parameter', 'input is required.', { param: 'input' });
  if (typeof value === 'string') {
    return { instructions: [], messages: [{ role: 'user', content: [{ type: 'text', text: value }] }] };
  }
  const instructions: string[] = [];
  const messages: GivenMessage[] = [];
  for (const [index, entry] of arrayOf(value, 'input').entries()) {
    const item = BodyReader.of(entry, `input[${index}]`);
    const type = item.raw('type') ?? 'message';
    if (type !== 'message')
      throw unsupported(item.at('type'), 'the input is messages; the agent runs its own tools.');
    const role = item.raw('role');
    const content = item.raw('content');
    const path = item.at('content');
    if (role === 'system' || role === 'developer') instructions.push(readText(content, path));
    else if (role === 'user') messages.push({ role, content: readContent(content, path) });
    else if (role === 'assistant')
      messages.push({ role, content: [{ type: 'text', text: readText(content, path) }] });
    else throw invalid(item.at('role'), 'must be system, developer, user or assistant');
  }
  return { instructions, messages };
}

import type { GivenMessage } from '#agent';
import type { ContentPart } from '#contracts';
import { HttpError } from '../http.errors.js';

/** What a client said in one request. */
export interface Conversation {
  /** Added to the agent's prompt. */
  readonly instructions: readonly string[];
  /** At least one; the last one is the user's. */
  readonly messages: readonly GivenMessage[];
}

/** The user's message of this run, and what was said before it. */
export interface Turn {
  readonly content: readonly ContentPart[];
  readonly given: readonly GivenMessage[];
}

/** The whole conversation is in the request. @throws HttpError when the user does not have the last word. */
export function wholeConversation({ messages }: Conversation, param: string): Turn {
  return { content: lastOf(messages, param).content, given: messages.slice(0, -1) };
}

/**
 * The gateway keeps the conversation: what comes after the last assistant message is new to it, and is one message.
 * @throws HttpError when the user does not have the last word.
 */
export function newMessages({ messages }: Conversation, param: string): Turn {
  lastOf(messages, param);
  const start = messages.findLastIndex(({ role }) => role === 'assistant') + 1;
  return { content: messages.slice(start).flatMap(({ content }) => content), given: [] };
}

/** Instructions as they are added to the prompt; `undefined` for none. */
export function extraPromptOf(instructions: readonly string[]): string | undefined {
  const text = instructions.filter((instruction) => instruction.trim() !== '').join('\n\n');
  return text === '' ? undefined : text;
}

function lastOf(messages: readonly GivenMessage[], param: string): GivenMessage {
  const last = messages.at(-1);
  if (last?.role === 'user') return last;
  throw new HttpError('invalid-parameter', `The last of ${param} must be a message of the user.`, { param });
}

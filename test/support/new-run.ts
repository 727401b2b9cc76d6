import { newId } from '#kernel';
import type { NewMessage, NewRun } from '#store';

/** A message of a few words. */
export function messageOf(role: NewMessage['role'], words: string): NewMessage {
  return { id: newId(), role, content: [{ type: 'text', text: words }], tokens: 1 };
}

/** A run over a socket that says "hello", unless told otherwise. */
export function newRunOf(
  place: Pick<NewRun, 'caller' | 'agentId' | 'sessionKey'> & Partial<NewRun>,
  words = 'hello',
): NewRun {
  return {
    id: newId(),
    agentKey: 'default',
    lane: 'main',
    origin: 'ws',
    operation: 'chat.send',
    input: { messages: [messageOf('user', words)], stream: false },
    ...place,
  };
}

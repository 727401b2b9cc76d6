import type { NewRun, OutboxMessage } from '#store';
import { type EndedRun, replyOf } from '../runs/reply-text.js';

/** What is sent to the run's peer at its end; `undefined`: it has none, or there is nothing to say. */
export function replyTo({ peer }: Pick<NewRun, 'peer'>, end: EndedRun): OutboxMessage | undefined {
  const text = peer && replyOf(end);
  if (!peer || text === undefined) return undefined;
  const { chatId: id, chatKind: kind, threadId, replyTo: answered } = peer;
  return {
    chat: { id, kind, ...(threadId !== undefined && { threadId }) },
    text,
    ...(answered !== undefined && { replyTo: answered }),
  };
}

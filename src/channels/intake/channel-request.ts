import type { RunRequest } from '#agent';
import type { Caller, Channel, InboundMessage } from '#contracts';

/** The name under which idempotency keys of channel messages are kept: the ids of their rows. */
export const CHANNEL_OPERATION = 'channel';

/** On whose authority a message is answered. The session belongs to the writer, in a group to the group. */
export function callerOf(channel: string, { chat, sender }: InboundMessage): Caller {
  const person = `${channel}:${sender.id}`;
  const isGroup = chat.kind === 'group';
  return {
    userId: isGroup ? `group:${channel}:${chat.id}` : person,
    role: 'operator',
    scopes: [],
    credential: { kind: 'channel' },
    ...(isGroup && { sender: person }),
  };
}

/** What is asked of the agent. `id` is that of the message's row. */
export function requestOf(
  channel: Pick<Channel, 'name' | 'agentKey'>,
  id: string,
  message: InboundMessage,
  debounceMs: number,
): RunRequest {
  const { chat, platformMessageId, text } = message;
  const { name, agentKey } = channel;
  const topic = chat.threadId === undefined ? '' : `:topic:${chat.threadId}`;
  return {
    caller: callerOf(name, message),
    ...(agentKey !== undefined && { agentKey }),
    sessionKey: `${name}:${chat.kind}:${chat.id}${topic}`,
    content: [{ type: 'text', text }],
    stream: false,
    origin: 'channel',
    channel: name,
    peer: {
      channel: name,
      chatId: chat.id,
      chatKind: chat.kind,
      ...(chat.threadId !== undefined && { threadId: chat.threadId }),
      replyTo: platformMessageId,
    },
    operation: CHANNEL_OPERATION,
    idempotencyKey: id,
    ...(debounceMs > 0 && { debounceMs }),
  };
}

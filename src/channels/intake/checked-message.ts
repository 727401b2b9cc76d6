import { CHAT_ID_MAX_CHARS, type InboundMessage, PLATFORM_MESSAGE_ID_MAX_CHARS } from '#contracts';
import { ChannelsError } from '../channels.errors.js';

/** Longer texts are cut before they are kept; what an agent reads of them is a setting of its own. */
const TEXT_MAX_CHARS = 1_000_000;
const NAME_MAX_CHARS = 255;

/** Session keys and owners are made of ids. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** The message as it can be kept. @throws ChannelsError `bad-message` for ids that nothing can be filed under. */
export function checkedMessage(message: InboundMessage): InboundMessage {
  const { platformMessageId, chat, sender, text } = message;
  requireId('message', platformMessageId, PLATFORM_MESSAGE_ID_MAX_CHARS);
  requireId('chat', chat.id, CHAT_ID_MAX_CHARS);
  requireId('sender', sender.id, CHAT_ID_MAX_CHARS);
  if (chat.threadId !== undefined) requireId('topic', chat.threadId, CHAT_ID_MAX_CHARS);
  return {
    ...message,
    sender: {
      id: sender.id,
      ...(sender.name !== undefined && { name: sender.name.slice(0, NAME_MAX_CHARS) }),
    },
    text: text.slice(0, TEXT_MAX_CHARS),
  };
}

function requireId(of: string, id: string, maxChars: number): void {
  if (id !== '' && id.length <= maxChars && !UNPRINTABLE.test(id)) return;
  throw new ChannelsError('bad-message', `The id of a ${of} is not 1 to ${maxChars} printable characters.`);
}

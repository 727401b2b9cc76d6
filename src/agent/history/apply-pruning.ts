import type { ContentPart } from '#contracts';
import { codePointLength, firstCodePoints, lastCodePoints } from '../text/code-points.js';
import type { PruningPointers, PruningSettings } from './pruning-settings.js';
import { messageText, type TranscriptMessage } from './transcript-message.js';

/**
 * Shortens old tool results as the pointers say. The result depends on nothing else, so it stays the same bytes
 * as long as they do not move. What comes before the first user message is left alone.
 */
export function applyPruning(
  messages: readonly TranscriptMessage[],
  pointers: PruningPointers,
  settings: PruningSettings,
): readonly TranscriptMessage[] {
  if (settings.mode === 'off') return messages;
  if (pointers.softTrimBefore <= 0 && pointers.hardClearBefore <= 0) return messages;
  const firstUser = messages.findIndex((message) => message.role === 'user');
  if (firstUser < 0) return messages;
  return messages.map((message, at) =>
    at < firstUser ? message : pruneMessage(message, pointers, settings),
  );
}

/** One message as the pointers want it; the same object when nothing changes. */
export function pruneMessage(
  message: TranscriptMessage,
  pointers: PruningPointers,
  settings: PruningSettings,
): TranscriptMessage {
  if (message.role !== 'tool') return message;
  if (message.seq < pointers.hardClearBefore) return clear(message, settings.hardClear.placeholder);
  return message.seq < pointers.softTrimBefore ? trim(message, settings.softTrim) : message;
}

function clear(message: TranscriptMessage, placeholder: string): TranscriptMessage {
  const hasImage = message.content.some((part) => part.type === 'image');
  if (!hasImage && messageText(message).length <= placeholder.length) return message;
  return { ...message, content: [{ type: 'text', text: placeholder }] };
}

function trim(message: TranscriptMessage, limits: PruningSettings['softTrim']): TranscriptMessage {
  const text = messageText(message);
  if (text.length <= limits.maxChars) return message;
  const length = codePointLength(text);
  if (length <= limits.maxChars) return message;
  const head = firstCodePoints(text, limits.headChars);
  const tail = lastCodePoints(text, limits.tailChars);
  const note =
    `[Tool result trimmed: the first ${limits.headChars} and last ${limits.tailChars} ` +
    `of ${length} characters are kept.]`;
  const images = message.content.filter((part) => part.type === 'image');
  const trimmed: ContentPart = { type: 'text', text: `${head}\n...\n${tail}\n\n${note}` };
  return { ...message, content: [trimmed, ...images] };
}

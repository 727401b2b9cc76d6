import { codePointLength, firstCodePoints } from '../text/code-points.js';

/** Longest user message that a model is shown, in Unicode code points: default of `gateway.max_message_chars`. */
export const MESSAGE_MAX_CODE_POINTS = 32_000;

/** Cuts a message that is too long and tells the model so. The note comes on top of the limit. */
export function truncateMessage(text: string, maxCodePoints: number = MESSAGE_MAX_CODE_POINTS): string {
  if (text.length <= maxCodePoints) return text;
  const length = codePointLength(text);
  if (length <= maxCodePoints) return text;
  const note = `[System note: the message was too long. Only its first ${maxCodePoints} of ${length} characters are shown.]`;
  return `${firstCodePoints(text, maxCodePoints)}\n\n${note}`;
}

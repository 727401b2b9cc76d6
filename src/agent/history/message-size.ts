import { codePointLength } from '../text/code-points.js';
import type { TranscriptMessage } from './transcript-message.js';

/** Code points that a token stands for in estimates. Low, so that estimates err on the safe side. */
const CODE_POINTS_PER_TOKEN = 3;

/** What an image costs, whatever its size: what providers charge for a large one. */
export const IMAGE_TOKENS = 1_600;

/** The same image in code points, for limits that count those. */
const IMAGE_CODE_POINTS = 4 * IMAGE_TOKENS;

/** Code points of a message's content, for pruning. */
export function contentLength(message: TranscriptMessage): number {
  let length = 0;
  for (const part of message.content) {
    length += part.type === 'text' ? codePointLength(part.text) : IMAGE_CODE_POINTS;
  }
  return length;
}

/** Tokens that messages will roughly take: text, context lines, the arguments of tool calls, images. */
export function estimateTokens(messages: readonly TranscriptMessage[]): number {
  let tokens = 0;
  for (const message of messages) tokens += messageTokens(message);
  return tokens;
}

function messageTokens(message: TranscriptMessage): number {
  let points = message.context === undefined ? 0 : codePointLength(message.context);
  let images = 0;
  for (const part of message.content) {
    if (part.type === 'text') points += codePointLength(part.text);
    else images += 1;
  }
  for (const call of message.toolCalls ?? []) {
    points += codePointLength(call.invalid ?? JSON.stringify(call.arguments));
  }
  return Math.floor(points / CODE_POINTS_PER_TOKEN) + images * IMAGE_TOKENS;
}

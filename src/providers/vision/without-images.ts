import type { ContentPart, LlmMessage } from '#contracts';
import { describeImage } from '../http/images.js';

export function hasImages(messages: readonly LlmMessage[]): boolean {
  return messages.some((message) => message.role !== 'assistant' && message.content.some(isImage));
}

/** The conversation as a model is told it that sees nothing: in place of each image, a note that there is one. */
export function withoutImages(messages: readonly LlmMessage[]): readonly LlmMessage[] {
  return messages.map((message) =>
    message.role === 'assistant' || !message.content.some(isImage)
      ? message
      : { ...message, content: message.content.map(noted) },
  );
}

function isImage(part: ContentPart): boolean {
  return part.type === 'image';
}

function noted(part: ContentPart): ContentPart {
  return part.type === 'text' ? part : { type: 'text', text: describeImage(part.url) };
}

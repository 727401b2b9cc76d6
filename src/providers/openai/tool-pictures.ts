import type {
  ChatCompletionContentPart,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import type { ContentPart, LlmMessage } from '#contracts';
import { describeImage } from '../http/images.js';

type ToolMessage = Extract<LlmMessage, { role: 'tool' }>;

/**
 * Images of tool results: the API takes text alone there, so they follow in a message of the user, once all results of
 * the batch are given.
 */
export class ToolPictures {
  private parts: ChatCompletionContentPart[] = [];

  /** `asText`: the endpoint takes no user message behind tool results. */
  constructor(private readonly asText: boolean) {}

  /** The text of a result; its images are kept for {@link flush}. */
  textOf({ content, toolName }: ToolMessage): string {
    return content.map((part) => this.shown(part, toolName)).join('\n');
  }

  /** What follows the results of a batch: nothing, or one message. */
  flush(): ChatCompletionMessageParam[] {
    if (this.parts.length === 0) return [];
    const content = this.parts;
    this.parts = [];
    return [{ role: 'user', content }];
  }

  private shown(part: ContentPart, toolName: string): string {
    if (part.type === 'text') return part.text;
    if (this.asText) return describeImage(part.url);
    this.parts.push(
      { type: 'text', text: `[Image of the result of ${toolName} above:]` },
      { type: 'image_url', image_url: { url: part.url } },
    );
    return '[image: see below]';
  }
}

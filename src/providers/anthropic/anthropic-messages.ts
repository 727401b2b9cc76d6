import type {
  ContentBlockParam,
  ImageBlockParam,
  TextBlockParam,
  ToolResultBlockParam,
} from '@anthropic-ai/sdk/resources/messages';
import type { ContentPart, LlmMessage, ThinkingBlock } from '#contracts';
import { describeImage, inlineImage } from '../http/images.js';
import { sentArguments } from '../http/tool-arguments.js';

/** Marks thinking blocks that Anthropic signed: any Anthropic endpoint takes them back, no other does. */
export const ANTHROPIC_THINKING = 'anthropic';

const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'] as const;
const NOT_IN_TOOL_ID = /[^a-zA-Z0-9_-]/g;

/** A message whose content is always a list of blocks. */
export interface BlockMessage {
  readonly role: 'user' | 'assistant';
  readonly content: ContentBlockParam[];
}

/** A conversation as Anthropic messages: results of one turn, and what the user adds, are one user message. */
export function anthropicMessages(messages: readonly LlmMessage[]): BlockMessage[] {
  const result: BlockMessage[] = [];
  for (const message of messages) {
    const content = blocksOf(message);
    if (content.length === 0) continue;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const last = result.at(-1);
    if (last?.role === role) last.content.push(...content);
    else result.push({ role, content });
  }
  return result;
}

/** Whether an assistant's thinking can go back to Anthropic. */
export function isSigned(block: ThinkingBlock): boolean {
  return (
    block.provider === ANTHROPIC_THINKING && (block.signature !== undefined || block.redacted !== undefined)
  );
}

function blocksOf(message: LlmMessage): ContentBlockParam[] {
  if (message.role === 'user') return contentBlocks(message.content);
  if (message.role === 'tool') return [toolResult(message)];
  return [
    ...(message.thinking ?? []).filter(isSigned).map(thinkingBlock),
    ...textBlocks(message.content),
    ...(message.toolCalls ?? []).map((call) => ({
      type: 'tool_use' as const,
      id: toolId(call.id),
      name: call.name,
      input: sentArguments(call),
    })),
  ];
}

function toolResult(message: Extract<LlmMessage, { role: 'tool' }>): ToolResultBlockParam {
  const content = contentBlocks(message.content);
  return {
    type: 'tool_result',
    tool_use_id: toolId(message.toolCallId),
    ...(content.length === 0 ? {} : { content }),
    ...(message.isError ? { is_error: true } : {}),
  };
}

function contentBlocks(parts: readonly ContentPart[]): (TextBlockParam | ImageBlockParam)[] {
  return parts.flatMap((part) => (part.type === 'text' ? textBlocks(part.text) : [imageBlock(part.url)]));
}

/** Empty text is refused. */
function textBlocks(text: string): TextBlockParam[] {
  return text.trim() === '' ? [] : [{ type: 'text', text }];
}

function imageBlock(url: string): TextBlockParam | ImageBlockParam {
  if (url.startsWith('https:')) return { type: 'image', source: { type: 'url', url } };
  const inline = inlineImage(url);
  const mediaType = IMAGE_TYPES.find((type) => type === inline?.mediaType);
  if (!inline || !mediaType) return { type: 'text', text: describeImage(url) };
  return { type: 'image', source: { type: 'base64', media_type: mediaType, data: inline.base64 } };
}

function thinkingBlock({ text, signature, redacted }: ThinkingBlock): ContentBlockParam {
  if (redacted !== undefined) return { type: 'redacted_thinking', data: redacted };
  return { type: 'thinking', thinking: text, signature: signature ?? '' };
}

/** Ids of other vendors come with a fallback; Anthropic takes letters, digits, `_` and `-`. */
function toolId(id: string): string {
  return id.replaceAll(NOT_IN_TOOL_ID, '_');
}

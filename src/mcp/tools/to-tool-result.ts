import type { ContentPart, ToolResult } from '#contracts';
import { RESULT_PARTS_MAX, RESULT_TEXT_MAX_CHARS } from '../mcp.limits.js';

/** What models that see take. */
const SEEN_TYPES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** What a server answered to a call, as models read it. Unknown parts are named, not lost. */
export function toToolResult(answer: Readonly<Record<string, unknown>>): ToolResult {
  const isError = answer['isError'] === true;
  const parts = partsOf(answer['content']);
  const { structuredContent } = answer;
  if (parts.length === 0 && structuredContent !== undefined && structuredContent !== null)
    return { content: bounded([text(JSON.stringify(structuredContent))]), isError };
  if (parts.length > 0) return { content: bounded(parts), isError };
  return {
    content: [
      text(isError ? 'The tool failed and said nothing about it.' : 'Done; the tool returned nothing.'),
    ],
    isError,
  };
}

/** What a resource or a prompt consists of. */
export function partsOf(content: unknown): ContentPart[] {
  const list: unknown[] = Array.isArray(content) ? content : content === undefined ? [] : [content];
  const parts = list.slice(0, RESULT_PARTS_MAX).map(toPart);
  const left = list.length - parts.length;
  return left > 0 ? [...parts, text(`[${left} more parts were left out]`)] : parts;
}

export function bounded(parts: readonly ContentPart[]): ContentPart[] {
  let left = RESULT_TEXT_MAX_CHARS;
  return parts.map((part) => {
    if (part.type !== 'text') return part;
    const kept = part.text.slice(0, left);
    left -= kept.length;
    return kept.length === part.text.length
      ? part
      : text(`${kept}\n[… cut: the server sent ${part.text.length} characters]`);
  });
}

/** The text or picture of an embedded resource, or what it is. */
export function resourcePart(resource: unknown): ContentPart {
  if (!isObject(resource)) return text('[a resource without content]');
  const { uri, text: content, blob, mimeType } = resource;
  if (typeof content === 'string') return text(`[${shown(uri)}]\n${content}`);
  if (typeof blob === 'string')
    return picture(blob, mimeType) ?? text(binaryNote(shown(uri), blob, mimeType));
  return text(`[${shown(uri)}: empty]`);
}

function toPart(entry: unknown): ContentPart {
  if (!isObject(entry)) return text('[a part that is no object]');
  const { type, data, mimeType } = entry;
  switch (type) {
    case 'text':
      return text(typeof entry['text'] === 'string' ? entry['text'] : '');
    case 'image':
      return (
        (typeof data === 'string' ? picture(data, mimeType) : undefined) ??
        text(binaryNote('image', data, mimeType))
      );
    case 'audio':
      return text(binaryNote('audio', data, mimeType));
    case 'resource':
      return resourcePart(entry['resource']);
    case 'resource_link':
      return text(`[resource ${shown(entry['name'])}: ${shown(entry['uri'])}; read it to see what is in it]`);
    default:
      return text(`[a part of the unknown type ${shown(type)}]`);
  }
}

function picture(data: string, mimeType: unknown): ContentPart | undefined {
  if (typeof mimeType !== 'string' || !SEEN_TYPES.has(mimeType) || !BASE64.test(data)) return undefined;
  return { type: 'image', url: `data:${mimeType};base64,${data}` };
}

function binaryNote(what: string, data: unknown, mimeType: unknown): string {
  const size = typeof data === 'string' ? `${Math.ceil((data.length * 3) / 4 / 1024)} KB` : 'no data';
  return `[${what}, ${shown(mimeType)}, ${size}: cannot be shown here]`;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 500) : 'unnamed';
}

function text(value: string): ContentPart {
  return { type: 'text', text: value };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

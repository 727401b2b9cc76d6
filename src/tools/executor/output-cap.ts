import type { ContentPart, ToolResult } from '#contracts';

/** What a model reads of one call, over all its text, in UTF-16 code units. */
export const OUTPUT_MAX_CHARS = 64 * 1024;
/** Of which the beginning gets most: it names things; the end tells how it came out. */
const HEAD_CHARS = 48 * 1024;
const TAIL_CHARS = OUTPUT_MAX_CHARS - HEAD_CHARS;

export const OUTPUT_MAX_PARTS = 32;
export const OUTPUT_MAX_IMAGES = 8;
/** Length of a `data:` URL: 5 MB of picture, the vendors' own limit. */
export const IMAGE_MAX_CHARS = 7 * 1024 * 1024;

/**
 * Bounds what one call hands on: head and tail of the text with a note of what is missing between, and a limited
 * number of pictures. Text comes out storable: no NUL, no half of a surrogate pair.
 */
export function capResult(result: ToolResult): ToolResult {
  const capped = { content: capContent(result.content), isError: result.isError };
  return result.forUser === undefined ? capped : { ...capped, forUser: capText(storable(result.forUser)) };
}

function capContent(content: readonly ContentPart[]): readonly ContentPart[] {
  const parts = capImages(content).map((part) =>
    part.type === 'text' ? { ...part, text: storable(part.text) } : part,
  );
  const texts = parts.filter((part) => part.type === 'text');
  const length = texts.reduce((sum, part) => sum + part.text.length, 0);
  if (length <= OUTPUT_MAX_CHARS && parts.length <= OUTPUT_MAX_PARTS) return parts;
  const text = capText(texts.map((part) => part.text).join('\n'));
  return [{ type: 'text', text }, ...parts.filter((part) => part.type === 'image')];
}

function capImages(content: readonly ContentPart[]): readonly ContentPart[] {
  let images = 0;
  return content.map((part) => {
    if (part.type === 'text') return part;
    if (part.url.length > IMAGE_MAX_CHARS)
      return note(`image left out: larger than ${IMAGE_MAX_CHARS} characters as base64`);
    images += 1;
    return images <= OUTPUT_MAX_IMAGES
      ? part
      : note(`image left out: more than ${OUTPUT_MAX_IMAGES} in one result`);
  });
}

function note(text: string): ContentPart {
  return { type: 'text', text: `[${text}]` };
}

/** PostgreSQL's jsonb takes neither NUL nor lone surrogates. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

function capText(text: string): string {
  if (text.length <= OUTPUT_MAX_CHARS) return text;
  const head = text.slice(0, charBoundary(text, HEAD_CHARS));
  const tail = text.slice(charBoundary(text, text.length - TAIL_CHARS));
  const missing = text.length - head.length - tail.length;
  return `${head}\n[… ${missing} characters left out here; ask for less at a time to see them …]\n${tail}`;
}

/** The index itself, or the one after it when it would cut a surrogate pair in two. */
function charBoundary(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff ? index + 1 : index;
}

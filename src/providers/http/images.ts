const DATA_URL = /^data:(?<type>[\w.+/-]+);base64,(?<data>.+)$/s;

export interface InlineImage {
  readonly mediaType: string;
  readonly base64: string;
}

/** The content of a base64 `data:` URL. */
export function inlineImage(url: string): InlineImage | undefined {
  const groups = DATA_URL.exec(url)?.groups;
  return groups ? { mediaType: groups['type'] ?? '', base64: groups['data'] ?? '' } : undefined;
}

/** What a model is told where its API takes no image. */
export function describeImage(url: string): string {
  const inline = inlineImage(url);
  if (!inline) return `[image: ${url.slice(0, 200)}]`;
  return `[image: ${inline.mediaType}, ${Math.ceil((inline.base64.length * 3) / 4 / 1024)} KB, not shown]`;
}

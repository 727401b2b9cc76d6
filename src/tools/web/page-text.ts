import { Injectable } from '@nestjs/common';
import { decodeText } from './decode-text.js';
import type { FetchedPage } from './page-fetcher.js';
import { PageReader } from './page-reader.js';
import { plainText } from './plain-text.js';
import { webError } from './web.errors.js';
import { PAGE_HTML_MAX_CHARS, PAGE_TEXT_MAX_CHARS, PLAIN_HTML_MAX_CHARS } from './web.limits.js';

export const EXTRACT_MODES = ['markdown', 'text'] as const;
export type ExtractMode = (typeof EXTRACT_MODES)[number];

/** What there is to read on a page. */
export interface PageText {
  readonly text: string;
  readonly title: string;
  /** How it was made: `readability`, `html-to-markdown`, `html-to-text`, `json`, `cf-markdown`, `raw`. */
  readonly extractor: string;
  /** The page has more than was read. */
  readonly truncated: boolean;
}

const HTML_TYPES: ReadonlySet<string> = new Set(['text/html', 'application/xhtml+xml']);
const JSON_TYPE = /^(application|text)\/([\w.+-]+\+)?json$/;
const TEXT_TYPE =
  /^(text\/|application\/(.+\+)?(xml|javascript|ecmascript|yaml|x-yaml|toml|sql|graphql|x-sh)$)/;
const LOOKS_LIKE_HTML = /^\s*(<!--[^]{0,500}?-->\s*)?<(!doctype html|html|head|body)\b/i;
const TITLE = /<title[^>]{0,200}>([^<]{0,300})/i;
/** Larger or deeper JSON is shown as it came: indenting it could make a thousand times as much of it. */
const JSON_INDENT_MAX_CHARS = 500_000;
const JSON_INDENT_MAX_DEPTH = 50;

/** Makes text of what a server sent. */
@Injectable()
export class PageTexts {
  constructor(private readonly reader: PageReader) {}

  /** @throws ToolsError when it is no text; rejects with the signal's reason. */
  async read(page: FetchedPage, mode: ExtractMode, user: string, signal: AbortSignal): Promise<PageText> {
    const { bytes, mediaType, truncated } = page;
    const isHtml = HTML_TYPES.has(mediaType);
    if (!isHtml && !isText(mediaType, bytes)) throw notText(page);
    const whole = decodeText(bytes, page.charset, isHtml || mediaType === '');
    if (isHtml || (mediaType === '' && LOOKS_LIKE_HTML.test(whole)))
      return this.readHtml(whole, page, mode, user, signal);
    const json = JSON_TYPE.test(mediaType) && !truncated ? indented(whole) : undefined;
    const extractor = json === undefined ? (mediaType === 'text/markdown' ? 'cf-markdown' : 'raw') : 'json';
    return cut({ text: json ?? whole, title: '', extractor, truncated });
  }

  private async readHtml(
    whole: string,
    page: FetchedPage,
    mode: ExtractMode,
    user: string,
    signal: AbortSignal,
  ): Promise<PageText> {
    const html = whole.slice(0, PAGE_HTML_MAX_CHARS);
    const truncated = page.truncated || html.length < whole.length;
    const job = { kind: 'article', html, url: page.url.href, maxChars: PAGE_TEXT_MAX_CHARS } as const;
    const answer = await this.reader.read(job, user, signal);
    if (answer?.kind !== 'article') return plainPage(html, truncated);
    const { title, markdown, html: part, isExtract } = answer.article;
    const text = mode === 'markdown' ? markdown : plainText(part.slice(0, PLAIN_HTML_MAX_CHARS));
    const extractor = isExtract ? 'readability' : mode === 'markdown' ? 'html-to-markdown' : 'html-to-text';
    return cut({ text, title, extractor, truncated });
  }
}

function plainPage(html: string, truncated: boolean): PageText {
  const read = html.slice(0, PLAIN_HTML_MAX_CHARS);
  const title = plainText(TITLE.exec(read)?.[1] ?? '');
  return cut({
    text: plainText(read),
    title,
    extractor: 'html-to-text',
    truncated: truncated || read.length < html.length,
  });
}

function cut(page: PageText): PageText {
  if (page.text.length <= PAGE_TEXT_MAX_CHARS) return page;
  return { ...page, text: page.text.slice(0, PAGE_TEXT_MAX_CHARS), truncated: true };
}

/** Without a type, what has no NUL is text. */
function isText(mediaType: string, bytes: Buffer): boolean {
  if (mediaType === '' || mediaType === 'application/octet-stream')
    return !bytes.subarray(0, 8_192).includes(0);
  return TEXT_TYPE.test(mediaType) || JSON_TYPE.test(mediaType);
}

function notText({ mediaType, bytes, truncated }: FetchedPage): Error {
  const size = truncated ? `more than ${bytes.length}` : String(bytes.length);
  const type = mediaType.slice(0, 100) || 'binary data';
  return webError(
    `fetch failed: the address holds ${type} (${size} bytes), which is not text; look for a page that describes it.`,
  );
}

function indented(text: string): string | undefined {
  if (text.length > JSON_INDENT_MAX_CHARS || depthOf(text) > JSON_INDENT_MAX_DEPTH) return undefined;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return undefined;
  }
}

/** At most: brackets inside of strings count too. */
function depthOf(json: string): number {
  let [depth, deepest] = [0, 0];
  for (const [bracket] of json.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    if (depth > deepest) deepest = depth;
  }
  return deepest;
}

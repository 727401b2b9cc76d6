import { wrapExternal } from '#net';
import type { FetchedPage } from './page-fetcher.js';
import type { PageText } from './page-text.js';

const URL_SHOWN_MAX_CHARS = 500;
/** What would close the element that the text stands in. */
const CLOSING = /<(?=\s*\/\s*web_content)/gi;

/** A page with where it came from: what is kept, and what a report is made of. */
export interface ReadPage extends PageText {
  readonly url: string;
  readonly status: string;
}

export interface Section {
  readonly offset: number;
  readonly maxChars: number;
}

export function readPage({ url, status, statusText }: FetchedPage, text: PageText): ReadPage {
  return { ...text, url: url.href, status: `${status} ${statusText}`.trim() };
}

/** What a model reads of a page: a part of its text, and what else there is. */
export function fetchReport(page: ReadPage, { offset, maxChars }: Section, isKept: boolean): string {
  const start = boundary(page.text, Math.min(offset, page.text.length));
  const end = boundary(page.text, Math.min(start + maxChars, page.text.length));
  const text = page.text.slice(start, end);
  const url = page.url.slice(0, URL_SHOWN_MAX_CHARS);
  const head = [
    `URL: ${url}`,
    `Status: ${page.status}`,
    `Extractor: ${page.extractor}`,
    ...(page.title === '' ? [] : [`Title: ${page.title}`]),
    ...(isKept ? ['Cached: true'] : []),
    ...moreOf(page, end),
    `Length: ${text.length}`,
  ];
  const content = `<web_content source="external" url="${attribute(url)}">\n${text.replaceAll(CLOSING, '&lt;')}\n</web_content>`;
  return wrapExternal(`${head.join('\n')}\n\n${content}`, { source: 'Web Fetch', notice: true });
}

function moreOf({ text, truncated }: ReadPage, end: number): string[] {
  if (end < text.length) return [`Truncated: true (${text.length} characters; read on with offset ${end})`];
  return truncated ? ['Truncated: true (the page is larger than what is read of one)'] : [];
}

/** The index itself, or the one after it when it would cut a surrogate pair in two. */
function boundary(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff ? index + 1 : index;
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

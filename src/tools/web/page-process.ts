/**
 * The process in which pages are turned into text: parsing what a stranger wrote takes as long and as much memory as the
 * stranger likes, and a thread that runs out of memory can take the program with it. It has no environment, knows its
 * packages alone, and keeps nothing between two pages.
 */
import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import Turndown from 'turndown';
import type { PageDocument, PageElement } from './page-dom.js';
import type { Article, ListedResult, PageAnswer, PageJob } from './page-job.js';

/** Deeper or larger pages take minutes and gigabytes. */
const DEPTH_MAX = 1_000;
const TAGS_MAX = 200_000;
/** Telling the article from the rest takes time that grows with the square of the depth: 0.3 s at this one. */
const ARTICLE_DEPTH_MAX = 200;
const TITLE_MAX_CHARS = 300;

type ArticleJob = Extract<PageJob, { kind: 'article' }>;

const TAG = /<(\/?)([a-z][a-z0-9-]{0,30})/gi;
/** Have no content, or end without an end tag. */
const SHALLOW: ReadonlySet<string> = new Set(
  (
    'area base br col embed hr img input link meta source track wbr p li dt dd tr td th thead tbody tfoot option optgroup ' +
    'colgroup path circle rect line polygon use'
  ).split(' '),
);

process.on('message', (job: PageJob) => process.send?.(answer(job)));

function answer(job: PageJob): PageAnswer {
  try {
    const shape = shapeOf(job.html);
    if (shape.depth > DEPTH_MAX || shape.tags > TAGS_MAX)
      return { kind: 'failed', reason: 'too deep or too large' };
    if (job.kind === 'results') return { kind: 'results', results: resultsOf(job.html, job.maxResults) };
    return { kind: 'article', article: articleOf(job, shape.depth <= ARTICLE_DEPTH_MAX) };
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Roughly: what sloppy pages leave open counts as nested. */
function shapeOf(html: string): { readonly depth: number; readonly tags: number } {
  let [depth, deepest, tags] = [0, 0, 0];
  for (const [, slash, name = ''] of html.matchAll(TAG)) {
    tags += 1;
    if (SHALLOW.has(name.toLowerCase())) continue;
    depth = slash === '/' ? Math.max(0, depth - 1) : depth + 1;
    if (depth > deepest) deepest = depth;
  }
  return { depth: deepest, tags };
}

function documentOf(html: string): PageDocument {
  // A document that has no body of its own gets one: the parser makes none.
  const page: unknown = parseHTML(/<body[\s>]/i.test(html) ? html : `<html><body>${html}</body></html>`);
  const document: unknown = typeof page === 'object' && page !== null ? Reflect.get(page, 'document') : page;
  if (!isDocument(document)) throw new Error('The parser made no document.');
  return document;
}

function isDocument(value: unknown): value is PageDocument {
  return typeof value === 'object' && value !== null && 'querySelector' in value;
}

function articleOf({ html, url, maxChars }: ArticleJob, isExtract: boolean): Article {
  const whole = documentOf(html);
  const title = (whole.querySelector('title')?.textContent ?? '').trim();
  const article = isExtract ? new Readability(whole).parse() : null;
  const document = documentOf(article?.content ?? html);
  for (const unread of document.querySelectorAll(
    'script, style, template, noscript, svg, iframe, head, title',
  ))
    unread.remove();
  makeAbsolute(document, url);
  return {
    title: (article?.title || title).replaceAll(/\s+/g, ' ').slice(0, TITLE_MAX_CHARS),
    markdown: markdownOf(document).slice(0, maxChars),
    html: (document.body?.innerHTML ?? '').slice(0, 2 * maxChars),
    isExtract: article !== null,
  };
}

function makeAbsolute(document: PageDocument, base: string): void {
  for (const link of document.querySelectorAll('a[href]')) {
    const to = URL.parse(link.getAttribute('href') ?? '', base);
    if (to && /^(https?|mailto):$/.test(to.protocol)) link.setAttribute('href', to.href);
    else link.removeAttribute('href');
  }
  for (const image of document.querySelectorAll('img')) {
    const from = URL.parse(image.getAttribute('src') ?? '', base);
    if (from && /^https?:$/.test(from.protocol)) image.setAttribute('src', from.href);
    else image.remove();
  }
}

function markdownOf(document: PageDocument): string {
  const turndown = new Turndown({ headingStyle: 'atx', codeBlockStyle: 'fenced', bulletListMarker: '-' });
  turndown.addRule('cell', { filter: ['td', 'th'], replacement: (text) => ` ${inOneLine(text)} |` });
  turndown.addRule('row', { filter: 'tr', replacement: tableRow });
  return document.body ? turndown.turndown(document.body).trim() : '';
}

function tableRow(cells: string, row: unknown): string {
  return `\n|${cells}${ruleBelow(row as PageElement)}`;
}

function inOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').trim();
}

/** The first row of a table is its head. */
function ruleBelow(row: PageElement): string {
  const { parentElement: parent, previousElementSibling: before } = row;
  const opensBody = parent?.nodeName === 'TBODY' && parent.previousElementSibling?.nodeName !== 'THEAD';
  const isFirst = before === null && (parent?.nodeName !== 'TBODY' || opensBody);
  return isFirst ? `\n|${' --- |'.repeat(row.children.length)}` : '';
}

function resultsOf(html: string, maxResults: number): ListedResult[] {
  const document = documentOf(html);
  const found: ListedResult[] = [];
  for (const result of document.querySelectorAll('.result')) {
    if (result.classList.contains('result--ad')) continue;
    const link = result.querySelector('a.result__a');
    const href = link?.getAttribute('href');
    if (!link || !href) continue;
    const snippet = result.querySelector('.result__snippet')?.textContent ?? '';
    found.push({ title: inOneLine(link.textContent ?? ''), link: href, snippet: inOneLine(snippet) });
    if (found.length === maxResults) break;
  }
  return found;
}

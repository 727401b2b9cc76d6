import { afterAll, describe, expect, it } from 'vitest';
import { SystemClock } from '#kernel';
import { ManualClock } from '../../../test/support/manual-clock.js';
import type { Article } from './page-job.js';
import { PageReader } from './page-reader.js';
import { PAGE_HTML_MAX_CHARS, READER_IDLE_MS, READER_TIMEOUT_MS, READERS_WAITING_MAX } from './web.limits.js';

const NEVER = new AbortController().signal;
const LIMIT_MS = 30_000;
/** Enough to take a while, even where it is read to its end. */
const SIZE = PAGE_HTML_MAX_CHARS / 8;
const SENTENCE =
  'This is a long sentence of the article, with a comma, and <a href="/x?a=1&amp;b=2">a link</a>. ';
const PARAGRAPH = `<p>${SENTENCE.repeat(8)}</p>`;
const PAGE = `<!doctype html><html><head><title>News &amp; more</title><style>p{}</style></head><body>
  <nav><a href="/">Home</a> <a href="/all">All</a></nav>
  <article><h1>Title</h1>${PARAGRAPH.repeat(4)}
    <ul><li>one</li><li>two</li></ul>
    <table><tr><th>Name<th>Price<tr><td>Tea|pot<td>9</table>
    <pre><code class="language-js">let a = 1;\n  b();</code></pre>
    <p><a href="javascript:alert(1)">bad</a> <img src="pic.png" alt="a picture"></p>
  </article><script>alert('no')</script><footer>Imprint</footer></body></html>`;

/** Pages that a parser, a walk or a memory comes to its end with. */
const HOSTILE: Readonly<Record<string, string>> = {
  'very deep': '<div>'.repeat(400_000),
  'deep, just below the limit': `${'<div>'.repeat(990)}deep`,
  'deep lists': '<ul><li>'.repeat(300),
  'deep tables': '<table><tr><td>'.repeat(150),
  'as many elements as fit': '<p>x</p>'.repeat(PAGE_HTML_MAX_CHARS / 8),
  'many elements': '<p>x</p>'.repeat(8_000),
  'an open tag of millions of attributes': `<a ${'x '.repeat(SIZE)}`,
  'brackets alone': '<'.repeat(SIZE / 16),
  'an open comment': `<!--${'-'.repeat(PAGE_HTML_MAX_CHARS)}`,
  'open scripts': '<script>'.repeat(PAGE_HTML_MAX_CHARS / 8),
  entities: '&amp;'.repeat(SIZE / 20),
  'one long text': PARAGRAPH.repeat(SIZE / PARAGRAPH.length),
  'unfinished entities': '&#x'.repeat(SIZE / 3),
  'NUL bytes': '\0'.repeat(PAGE_HTML_MAX_CHARS),
};

const reader = new PageReader(new SystemClock());
afterAll(() => reader.onModuleDestroy());

function job(html: string) {
  return { kind: 'article', html, url: 'https://example.com/a/b', maxChars: 100_000 } as const;
}

async function read(html: string): Promise<Article> {
  const answer = await reader.read(job(html), 'ann', NEVER);
  if (answer?.kind !== 'article') throw new Error(JSON.stringify(answer));
  return answer.article;
}

describe('a page', () => {
  it(
    'is told from what stands around it, with links that lead somewhere',
    { timeout: LIMIT_MS },
    async () => {
      const { title, markdown, isExtract } = await read(PAGE);
      expect({ title, isExtract }).toEqual({ title: 'News & more', isExtract: true });
      expect(markdown).toContain('and [a link](https://example.com/x?a=1&b=2).');
      expect(markdown).toMatch(/^- +one$/m);
      expect(markdown).toContain('| Name | Price |\n| --- | --- |\n| Tea\\|pot | 9 |');
      expect(markdown).toContain('let a = 1;\n  b();');
      expect(markdown).toContain('![a picture](https://example.com/a/pic.png)');
      for (const unwanted of ['alert', 'javascript:', 'Imprint', 'Home', 'p{}'])
        expect(markdown).not.toContain(unwanted);
    },
  );

  it.each([
    ['of one line', '<p>Hi</p>', 'Hi'],
    ['without any markup', 'hello', 'hello'],
    ['that is empty', '', ''],
    ['without a body', '<title>T</title><h2>Head</h2>', '## Head'],
  ])('%s is read', async (_what, html, markdown) => {
    expect((await read(html)).markdown).toBe(markdown);
  });
});

describe('a hostile page', () => {
  it.each(Object.keys(HOSTILE))(
    '%s ends, and the thread of everybody goes on',
    { timeout: LIMIT_MS },
    async (name) => {
      const html = (HOSTILE[name] ?? '').slice(0, PAGE_HTML_MAX_CHARS);
      let longestMs = 0;
      let last = performance.now();
      const heart = setInterval(() => {
        longestMs = Math.max(longestMs, performance.now() - last);
        last = performance.now();
      }, 5);
      const begun = performance.now();
      const answer = await reader.read(job(html), 'ann', NEVER);
      clearInterval(heart);
      expect(answer?.kind ?? 'given up').toMatch(/^(article|failed|given up)$/);
      // Were it read on this thread, that would pause for as long as the reading takes.
      expect(longestMs).toBeLessThan(Math.max(1_000, (performance.now() - begun) / 2));
    },
  );
});

describe('readers', () => {
  it(
    'are ended with the page that takes too long, and the next page gets another one',
    { timeout: LIMIT_MS },
    async () => {
      const clock = new ManualClock();
      const own = new PageReader(clock);
      const slow = own.read(job(HOSTILE['one long text'] ?? ''), 'ann', NEVER);
      await expect.poll(() => clock.pending).toBe(1);
      clock.advance(READER_TIMEOUT_MS);
      expect(await slow).toBeUndefined();
      expect(await own.read(job('<p>Hi</p>'), 'ann', NEVER)).toMatchObject({ kind: 'article' });
      expect(clock.pending).toBe(1);
      clock.advance(READER_IDLE_MS);
      expect(await own.read(job('<p>Again</p>'), 'ann', NEVER)).toMatchObject({ kind: 'article' });
      own.onModuleDestroy();
    },
  );

  it('are had by no user alone: another one is served at once', { timeout: LIMIT_MS }, async () => {
    let done = 0;
    const slow = Array.from({ length: 12 }, () =>
      reader.read(job(HOSTILE['one long text'] ?? ''), 'mallory', NEVER).then(() => (done += 1)),
    );
    await reader.read(job('<p>Hi</p>'), 'bob', NEVER);
    expect(done).toBeLessThan(12);
    await Promise.all(slow);
  });

  it('give up with the call, and take no more than may wait', { timeout: LIMIT_MS }, async () => {
    const own = new PageReader(new SystemClock());
    const stop = new AbortController();
    const all = Array.from({ length: READERS_WAITING_MAX + 1 }, () =>
      own.read(job(HOSTILE['one long text'] ?? ''), 'ann', stop.signal).catch((error: unknown) => error),
    );
    expect(await own.read(job(''), 'ann', NEVER)).toBeUndefined();
    stop.abort(new Error('stopped'));
    for (const one of await Promise.all(all)) expect(one).toMatchObject({ message: 'stopped' });
    own.onModuleDestroy();
  });
});

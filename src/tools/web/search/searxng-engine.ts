import { askEngine } from './engine-request.js';
import { parseJson, resultsOf } from './json-results.js';
import type { SearchEngine, SearchRequest, SearchResult } from './search-engine.js';

const RANGES: Readonly<Record<string, string>> = { pd: 'day', pw: 'week', pm: 'month', py: 'year' };

/** A SearXNG instance, public or one's own (https://docs.searxng.org/dev/search_api.html). */
export class SearxngEngine implements SearchEngine {
  readonly name = 'searxng';

  constructor(
    private readonly base: string,
    readonly defaultCount: number,
  ) {}

  async search(request: SearchRequest, _user: string, signal: AbortSignal): Promise<readonly SearchResult[]> {
    const url = new URL(this.base);
    if (!url.pathname.endsWith('/search')) url.pathname = `${url.pathname.replace(/\/+$/, '')}/search`;
    url.searchParams.set('q', request.query);
    url.searchParams.set('format', 'json');
    if (request.searchLang !== undefined) url.searchParams.set('language', request.searchLang);
    const range = RANGES[request.freshness ?? ''];
    if (range !== undefined) url.searchParams.set('time_range', range);
    const answer = parseJson(
      this.name,
      await askEngine(this.name, url, { accept: 'application/json' }, signal),
    );
    return resultsOf(answer['results'], 'content');
  }
}

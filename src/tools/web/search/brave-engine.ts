import type { BraveSettings } from '../web.config.js';
import { askEngine } from './engine-request.js';
import { objectOf, parseJson, resultsOf } from './json-results.js';
import type { SearchEngine, SearchRequest, SearchResult } from './search-engine.js';

/** Brave's search API (https://api-dashboard.search.brave.com/app/documentation/web-search). */
export class BraveEngine implements SearchEngine {
  readonly name = 'brave';
  readonly defaultCount: number;

  constructor(
    private readonly settings: BraveSettings,
    private readonly key: string,
  ) {
    this.defaultCount = settings.max_results;
  }

  async search(request: SearchRequest, _user: string, signal: AbortSignal): Promise<readonly SearchResult[]> {
    const { query, count, country, searchLang, uiLang, freshness } = request;
    const url = new URL(this.settings.base_url);
    const wanted = {
      q: query,
      count: String(count),
      country,
      search_lang: searchLang,
      ui_lang: uiLang,
      freshness,
    };
    for (const [name, value] of Object.entries(wanted))
      if (value !== undefined) url.searchParams.set(name, value);
    const headers = { accept: 'application/json', 'x-subscription-token': this.key };
    const answer = parseJson(this.name, await askEngine(this.name, url, headers, signal));
    return resultsOf(objectOf(answer['web'])['results'], 'description');
  }
}

import { BROWSER_AGENT } from '../page-fetcher.js';
import type { ListedResult } from '../page-job.js';
import type { PageReader } from '../page-reader.js';
import type { DuckDuckGoSettings } from '../web.config.js';
import { webError } from '../web.errors.js';
import { SEARCH_RESULTS_MAX } from '../web.limits.js';
import { askEngine } from './engine-request.js';
import type { SearchEngine, SearchRequest, SearchResult } from './search-engine.js';

/** What the page has in place of results when it takes us for a robot. */
const CHALLENGE = /anomaly-modal|anomaly\.js|challenge-form/;
const RANGES: Readonly<Record<string, string>> = { pd: 'd', pw: 'w', pm: 'm', py: 'y' };

/** The page of DuckDuckGo that needs no script and no key. */
export class DuckDuckGoEngine implements SearchEngine {
  readonly name = 'duckduckgo';
  readonly defaultCount: number;

  constructor(
    private readonly settings: DuckDuckGoSettings,
    private readonly reader: PageReader,
  ) {
    this.defaultCount = settings.max_results;
  }

  async search(request: SearchRequest, user: string, signal: AbortSignal): Promise<readonly SearchResult[]> {
    const url = new URL(this.settings.base_url);
    url.searchParams.set('q', request.query);
    const range = RANGES[request.freshness ?? ''];
    if (range !== undefined) url.searchParams.set('df', range);
    const html = await askEngine(this.name, url, { 'user-agent': BROWSER_AGENT }, signal);
    const answer = await this.reader.read(
      { kind: 'results', html, maxResults: SEARCH_RESULTS_MAX },
      user,
      signal,
    );
    if (answer?.kind !== 'results') throw webError('duckduckgo sent a page that cannot be read.');
    if (answer.results.length === 0 && CHALLENGE.test(html))
      throw webError('duckduckgo asks whether we are a robot; an admin should configure brave or searxng.');
    return answer.results.flatMap((result) => targetOf(result) ?? []);
  }
}

/** Links lead over DuckDuckGo: where to is in `uddg`. */
function targetOf({ title, link, snippet }: ListedResult): SearchResult | undefined {
  const url = URL.parse(link, 'https://duckduckgo.com/');
  const target = url?.searchParams.get('uddg') ?? url?.href;
  return target === undefined ? undefined : { title, url: target, description: snippet };
}

import { Injectable } from '@nestjs/common';
import {
  DefineTool,
  errorResult,
  type Tool,
  type ToolContext,
  type ToolResult,
  textResult,
} from '#contracts';
import { Clock } from '#kernel';
import { wrapExternal } from '#net';
import { ToolsError } from '../tools.errors.js';
import { textArgument } from '../fs/arguments.js';
import { searchArguments } from './search/search-arguments.js';
import type { SearchEngine, SearchRequest, SearchResult } from './search/search-engine.js';
import { SearchEngines } from './search/search-engines.js';
import { WebCache } from './web-cache.js';
import {
  RESULT_TEXT_MAX_CHARS,
  SEARCH_QUERY_MAX_CHARS,
  SEARCH_RESULTS_MAX,
  SEARCH_TIMEOUT_MS,
} from './web.limits.js';

const LOCALE_MAX_CHARS = 20;
const ENGINES_MAX = 3;

const NO_ENGINE =
  'No search engine is configured. An admin can set tools.web.brave.api_key (GOCLAW_BRAVE_API_KEY), ' +
  'tools.web.searxng.base_url or tools.web.duckduckgo.enabled. Until then use web_fetch with a known address.';

interface Found {
  readonly text: string;
}

@Injectable()
@DefineTool({
  name: 'web_search',
  description:
    'Search the web. Returns titles, addresses and short descriptions; read a page of them with web_fetch.',
  parameters: {
    type: 'object',
    properties: {
      query: {
        type: 'string',
        minLength: 1,
        maxLength: SEARCH_QUERY_MAX_CHARS,
        description: 'What to look for',
      },
      count: { type: 'number', description: `Number of results, 1 to ${SEARCH_RESULTS_MAX}. Default 5` },
      country: {
        type: 'string',
        maxLength: LOCALE_MAX_CHARS,
        description: 'Country of the results: DE, US, …',
      },
      search_lang: {
        type: 'string',
        maxLength: LOCALE_MAX_CHARS,
        description: 'Language of the results: de, en, …',
      },
      ui_lang: { type: 'string', maxLength: LOCALE_MAX_CHARS, description: 'Language of labels: de-DE, …' },
      freshness: {
        type: 'string',
        maxLength: 30,
        description:
          'Only of the last day, week, month or year: pd, pw, pm, py; or of a time: 2026-01-01to2026-01-31',
      },
    },
    required: ['query'],
    additionalProperties: false,
  },
  groups: ['web'],
  repeatable: true,
  timeoutMs: ENGINES_MAX * SEARCH_TIMEOUT_MS + 10_000,
})
export class WebSearchTool implements Tool {
  private readonly cache = new WebCache<Found>(({ text }) => text.length);

  constructor(
    private readonly engines: SearchEngines,
    private readonly clock: Clock,
  ) {}

  async execute(args: Readonly<Record<string, unknown>>, context: ToolContext): Promise<ToolResult> {
    const engines = this.engines.list();
    if (engines.length === 0) return errorResult(NO_ENGINE);
    if (textArgument(args, 'query').trim() === '')
      return errorResult('The query is empty; say what to look for.');
    const failures: string[] = [];
    for (const engine of engines) {
      const request = searchArguments(args, engine.defaultCount);
      const key = JSON.stringify([engine.name, { ...request, query: request.query.toLowerCase() }]);
      const known = this.cache.get(context.run, key);
      if (known) return textResult(known.text);
      const found = await this.ask(engine, request, context);
      if (typeof found === 'string') failures.push(found);
      else {
        const text = report(request, engine.name, found);
        this.cache.set(context.run, key, { text });
        return textResult(text);
      }
    }
    return errorResult(
      `The search failed. ${failures.join(' ')} Try again later, or use web_fetch with a known address.`,
    );
  }

  /** The results, or why there are none. */
  private async ask(
    engine: SearchEngine,
    request: SearchRequest,
    { run, signal }: ToolContext,
  ): Promise<readonly SearchResult[] | string> {
    const limit = new AbortController();
    const cancelLimit = this.clock.after(SEARCH_TIMEOUT_MS, () => limit.abort());
    try {
      const found = await engine.search(request, run.caller.userId, AbortSignal.any([signal, limit.signal]));
      return found.slice(0, request.count);
    } catch (error) {
      signal.throwIfAborted();
      if (limit.signal.aborted) return `${engine.name} did not answer within ${SEARCH_TIMEOUT_MS / 1000} s.`;
      if (error instanceof ToolsError) return error.message;
      throw error;
    } finally {
      cancelLimit();
    }
  }
}

function report({ query }: SearchRequest, engine: string, results: readonly SearchResult[]): string {
  const lines = results.map(
    ({ title, url, description }, index) =>
      `${index + 1}. ${shown(title) || '(no title)'}\n   ${shown(url)}${description === '' ? '' : `\n   ${shown(description)}`}`,
  );
  const found = lines.length === 0 ? 'No results; try other words.' : lines.join('\n');
  return wrapExternal(`Results for: ${query} (${engine})\n\n${found}`, { source: 'Web Search' });
}

function shown(text: string): string {
  return text.length <= RESULT_TEXT_MAX_CHARS ? text : `${text.slice(0, RESULT_TEXT_MAX_CHARS)}…`;
}

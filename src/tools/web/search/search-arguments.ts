import { numberArgument, optionalText, textArgument } from '../../fs/arguments.js';
import { SEARCH_RESULTS_MAX } from '../web.limits.js';
import type { SearchRequest } from './search-engine.js';

const PERIOD = /^(\d{4}-\d{2}-\d{2})to(\d{4}-\d{2}-\d{2})$/;
const FRESHNESS: ReadonlySet<string> = new Set(['pd', 'pw', 'pm', 'py']);

/** What a model asked for; what cannot be meant is left out, as the engines do. `count` is that of the engine. */
export function searchArguments(
  args: Readonly<Record<string, unknown>>,
  defaultCount: number,
): SearchRequest {
  const count = numberArgument(args, 'count') ?? defaultCount;
  const freshness = optionalText(args, 'freshness');
  const [country, searchLang, uiLang] = ['country', 'search_lang', 'ui_lang'].map((name) =>
    optionalText(args, name),
  );
  return {
    query: textArgument(args, 'query').trim(),
    count: count >= 1 && count <= SEARCH_RESULTS_MAX ? Math.floor(count) : defaultCount,
    ...(country !== undefined && { country }),
    ...(searchLang !== undefined && { searchLang }),
    ...(uiLang !== undefined && { uiLang }),
    ...(isFreshness(freshness) && { freshness }),
  };
}

function isFreshness(text: string | undefined): text is string {
  if (text === undefined) return false;
  if (FRESHNESS.has(text)) return true;
  const [, from = '', to = ''] = PERIOD.exec(text) ?? [];
  return isDay(from) && isDay(to) && from <= to;
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

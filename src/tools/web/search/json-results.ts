import { plainText } from '../plain-text.js';
import { webError } from '../web.errors.js';
import type { SearchResult } from './search-engine.js';

export type Json = Readonly<Record<string, unknown>>;

/** @throws ToolsError */
export function parseJson(name: string, text: string): Json {
  try {
    return objectOf(JSON.parse(text));
  } catch (error) {
    throw webError(`${name} sent what is no JSON.`, error);
  }
}

export function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** Results of a list, each with its texts in the fields that are named; what has no address is left out. */
export function resultsOf(list: unknown, description: string): SearchResult[] {
  if (!Array.isArray(list)) return [];
  return list.map(objectOf).flatMap((item) => {
    const url = item['url'];
    if (typeof url !== 'string' || url === '') return [];
    return [{ title: shown(item['title']), url, description: shown(item[description]) }];
  });
}

/** Engines mark what was looked for with tags. */
function shown(text: unknown): string {
  return typeof text === 'string' ? plainText(text).replaceAll(/\s+/g, ' ') : '';
}

import { PAGE_MAX, type PageRequest } from '#store';
import { booleanQuery, integerQuery, textQuery } from '../input/query.js';

const PAGE_DEFAULT = 50;

type Query = Readonly<Record<string, unknown>>;

/**
 * `limit`, `sort` (`name`, or `-name` for descending), `after` (`next` of the page before) and `total` (`false` saves
 * the counting).
 * @throws HttpError
 */
export function pageQuery(query: Query): PageRequest {
  const sort = textQuery('sort', query['sort']);
  const after = textQuery('after', query['after']);
  return {
    limit: integerQuery('limit', query['limit'], 1, PAGE_MAX) ?? PAGE_DEFAULT,
    withTotal: query['total'] === undefined || booleanQuery('total', query['total']),
    ...(sort !== undefined && { sort: sort.replace(/^-/, ''), descending: sort.startsWith('-') }),
    ...(after !== undefined && { after }),
  };
}

import type { TraceFilter } from '#store';
import { TRACES_PAGE_DEFAULT, TRACES_PAGE_MAX } from '../http.limits.js';
import { pageQuery } from '../rest/page-query.js';
import { choiceQuery, flagQuery, integerQuery, textQuery, timeQuery, uuidQuery } from '../input/query.js';

const STATUSES = ['running', 'completed', 'error'];

/** @throws HttpError that names the offending parameter. */
export function readTraceFilter(query: Readonly<Record<string, unknown>>): TraceFilter {
  const given = {
    agentId: uuidQuery('agent_id', query['agent_id']),
    userId: textQuery('user_id', query['user_id']),
    sessionKey: textQuery('session_key', query['session_key']),
    runId: uuidQuery('run_id', query['run_id']),
    status: choiceQuery('status', query['status'], STATUSES),
    from: timeQuery('from', query['from']),
    to: timeQuery('to', query['to']),
  };
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...pageQuery(query),
    // Counting every trace of a year costs more than the page: only when it is asked for.
    withTotal: flagQuery('total', query['total']) ?? false,
    limit: integerQuery('limit', query['limit'], 1, TRACES_PAGE_MAX) ?? TRACES_PAGE_DEFAULT,
    offset: integerQuery('offset', query['offset'], 0) ?? 0,
  };
}

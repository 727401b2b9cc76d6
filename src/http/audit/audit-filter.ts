import type { AuditFilter, AuditOutcome } from '#store';
import { choiceQuery, textQuery, timeQuery } from '../input/query.js';
import { given } from '../rest/given.js';

const OUTCOMES: readonly AuditOutcome[] = ['ok', 'denied', 'failed'];

/** @throws HttpError that names the offending parameter. */
export function readAuditFilter(query: Readonly<Record<string, unknown>>): AuditFilter {
  const outcome = choiceQuery('outcome', query['outcome'], OUTCOMES);
  return given({
    userId: textQuery('user_id', query['user_id']),
    tenant: textQuery('tenant', query['tenant']),
    action: textQuery('action', query['action']),
    outcome: OUTCOMES.find((known) => known === outcome),
    targetType: textQuery('target_type', query['target_type']),
    targetId: textQuery('target_id', query['target_id']),
    traceId: textQuery('trace_id', query['trace_id']),
    from: timeQuery('from', query['from']),
    to: timeQuery('to', query['to']),
  });
}

import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import { isUuid } from '#kernel';
import { ownerOf } from '../caller-scope.js';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { toJsonb } from '../jsonb.js';
import { Conditions } from '../listing/conditions.js';
import { type Listing, readPage } from '../listing/listing.js';
import type { Page, PageRequest } from '../listing/page.js';
import { SpanEntity } from './span.entity.js';
import { TraceEntity } from './trace.entity.js';

export type TraceRecord = Omit<Partial<TraceEntity>, 'id' | 'created_at'> &
  Pick<TraceEntity, 'id' | 'start_time' | 'status'>;
export type SpanRecord = Omit<Partial<SpanEntity>, 'created_at'> &
  Pick<SpanEntity, 'id' | 'trace_id' | 'span_type' | 'start_time' | 'status'>;

export interface TraceFilter extends PageRequest {
  readonly agentId?: string;
  readonly userId?: string;
  readonly sessionKey?: string;
  readonly runId?: string;
  readonly status?: string;
  readonly from?: Date;
  readonly to?: Date;
}

@Injectable()
export class TracingStore {
  constructor(private readonly database: Database) {}

  /** Writes traces (new ones, and later states of known ones) and spans, each in one statement. Safe to repeat. */
  async write(traces: readonly TraceRecord[], spans: readonly SpanRecord[]): Promise<void> {
    if (traces.length > 0) await this.database.query(WRITE_TRACES, [toJsonb(traces)]);
    if (spans.length > 0) await this.database.query(WRITE_SPANS, [toJsonb(spans)]);
  }

  /** Newest first. An admin sees all, everybody else their own. */
  async page(caller: Caller, filter: TraceFilter): Promise<Page<TraceEntity>> {
    const page = await readPage(this.database.seenBy(caller), LISTING, conditionsOf(caller, filter), filter);
    return { ...page, items: this.database.hydrate(TraceEntity, page.items) };
  }

  /** One trace with its spans in order of their start. */
  async find(caller: Caller, id: string): Promise<{ trace: TraceEntity; spans: SpanEntity[] } | undefined> {
    const owner = caller.role === 'admin' ? null : ownerOf(caller);
    if (!isUuid(id)) return undefined;
    const seen = this.database.seenBy(caller);
    const [trace] = this.database.hydrate(TraceEntity, await seen.query(FIND, [id, owner]));
    if (!trace) return undefined;
    return { trace, spans: this.database.hydrate(SpanEntity, await seen.query(SPANS, [id])) };
  }

  /** Removes what is older than `days`; returns how many traces. */
  async prune(days: number): Promise<number> {
    const [row] = await this.database.query<{ count: string }>(PRUNE, [days]);
    return Number(row?.count ?? 0);
  }
}

const LISTING: Listing = {
  select: '*',
  from: 'traces',
  id: { sql: 'id', type: 'uuid' },
  sorts: {
    start_time: { sql: 'start_time', type: 'timestamptz', descending: true },
    duration_ms: { sql: 'COALESCE(duration_ms, 0)', type: 'int', descending: true },
  },
};

function conditionsOf(caller: Caller, filter: TraceFilter): Conditions {
  return new Conditions()
    .addIf('user_id = ?', caller.role === 'admin' ? undefined : ownerOf(caller))
    .addIf('user_id = ?', filter.userId)
    .addIf('agent_id = ?', filter.agentId)
    .addIf('session_key = ?', filter.sessionKey)
    .addIf('run_id = ?', filter.runId)
    .addIf('status = ?', filter.status)
    .addIf('start_time >= ?', filter.from)
    .addIf('start_time < ?', filter.to);
}

const FIND = statement(
  'traces.find',
  `SELECT * FROM traces WHERE id = $1 AND ($2::text IS NULL OR user_id = $2)`,
);

const SPANS = statement('spans.of-trace', `SELECT * FROM spans WHERE trace_id = $1 ORDER BY start_time, id`);

const TRACE_FIELDS = `id uuid, agent_id uuid, user_id text, session_key text, run_id uuid, name text, channel text,
  start_time timestamptz, end_time timestamptz, duration_ms int, input_preview text, output_preview text,
  total_input_tokens int, total_output_tokens int, span_count int, llm_call_count int, tool_call_count int,
  status text, error text`;

const TRACE_NAMES = TRACE_FIELDS.split(',').map((field) => field.trim().split(' ')[0]);

const WRITE_TRACES = statement(
  'traces.write',
  `INSERT INTO traces (${TRACE_NAMES.join(', ')})
   SELECT id, agent_id, user_id, session_key, run_id, name, channel, start_time, end_time, duration_ms,
     input_preview, output_preview, COALESCE(total_input_tokens, 0), COALESCE(total_output_tokens, 0),
     COALESCE(span_count, 0), COALESCE(llm_call_count, 0), COALESCE(tool_call_count, 0), status, error
   FROM jsonb_to_recordset($1::jsonb) AS n(${TRACE_FIELDS})
   ON CONFLICT (id) DO UPDATE SET ${[
     'end_time',
     'duration_ms',
     'output_preview',
     'total_input_tokens',
     'total_output_tokens',
     'span_count',
     'llm_call_count',
     'tool_call_count',
     'status',
     'error',
   ]
     .map((name) => `${name} = EXCLUDED.${name}`)
     .join(', ')}`,
);

const SPAN_FIELDS = `id uuid, trace_id uuid, parent_span_id uuid, agent_id uuid, span_type text, name text,
  start_time timestamptz, end_time timestamptz, duration_ms int, status text, error text, model text,
  provider text, input_tokens int, output_tokens int, cached_tokens int, finish_reason text, model_params jsonb,
  tool_name text, tool_call_id text, input_preview text, output_preview text, metadata jsonb`;

const SPAN_NAMES = SPAN_FIELDS.split(',')
  .map((field) => field.trim().split(' ')[0])
  .join(', ');

const WRITE_SPANS = statement(
  'spans.write',
  `INSERT INTO spans (${SPAN_NAMES}) SELECT ${SPAN_NAMES}
   FROM jsonb_to_recordset($1::jsonb) AS n(${SPAN_FIELDS}) ON CONFLICT (id) DO NOTHING`,
);

const PRUNE = statement(
  'traces.prune',
  `WITH old AS (SELECT id FROM traces WHERE start_time < now() - make_interval(days => $1)),
     s AS (DELETE FROM spans WHERE trace_id IN (SELECT id FROM old)),
     t AS (DELETE FROM traces WHERE id IN (SELECT id FROM old) RETURNING 1)
   SELECT count(*) FROM t`,
);

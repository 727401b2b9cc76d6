/** Where sums are made from. */
interface Source {
  readonly from: string;
  readonly columns: Readonly<Record<'user' | 'tenant' | 'agent' | 'time', string>>;
  readonly sums: string;
}

/** Ended runs, which are kept for 90 days unless configured otherwise. */
export const RUNS: Source = {
  from: 'runs r',
  columns: { user: 'r.user_id', tenant: 'r.tenant', agent: 'r.agent_id', time: 'r.created_at' },
  sums: `COALESCE(sum((r.usage->>'prompt_tokens')::bigint), 0) AS input_tokens,
    COALESCE(sum((r.usage->>'completion_tokens')::bigint), 0) AS output_tokens, count(*) AS count`,
};

/** Calls of models, which are kept as long as traces: 30 days unless configured otherwise. */
export const CALLS: Source = {
  from: `spans c JOIN traces t ON t.id = c.trace_id AND c.span_type = 'llm_call' LEFT JOIN runs r ON r.id = t.run_id`,
  columns: { user: 't.user_id', tenant: 'r.tenant', agent: 't.agent_id', time: 'c.start_time' },
  sums: `COALESCE(sum(c.input_tokens), 0) AS input_tokens, COALESCE(sum(c.output_tokens), 0) AS output_tokens,
    count(*) AS count`,
};

export interface GroupingSql {
  readonly source: 'runs' | 'calls';
  readonly key: string;
  readonly order?: string;
}

/** What usage can be grouped by. */
export const GROUPINGS = {
  agent: { source: 'runs', key: 'r.agent_key' },
  user: { source: 'runs', key: 'r.user_id' },
  tenant: { source: 'runs', key: 'r.tenant' },
  day: {
    source: 'runs',
    key: `to_char(r.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
    order: 'key DESC',
  },
  model: { source: 'calls', key: 'c.model' },
  provider: { source: 'calls', key: 'c.provider' },
} as const satisfies Readonly<Record<string, GroupingSql>>;

export type Grouping = keyof typeof GROUPINGS;

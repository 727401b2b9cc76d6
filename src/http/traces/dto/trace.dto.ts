/** One run, as it was recorded. */
export class TraceDto {
  id!: string;
  agent_id?: string;
  user_id?: string;
  session_key?: string;
  run_id?: string;
  start_time!: string;
  end_time?: string;
  duration_ms?: number;
  name?: string;
  /** Where the run came from: `ws`, `http`, a chat platform. */
  channel?: string;
  /** The beginning of what was asked. */
  input_preview?: string;
  /** The beginning of what was answered. */
  output_preview?: string;
  total_input_tokens!: number;
  total_output_tokens!: number;
  /** US dollars. */
  total_cost!: number;
  span_count!: number;
  llm_call_count!: number;
  tool_call_count!: number;
  status!: 'running' | 'completed' | 'error';
  error?: string;
  metadata?: Record<string, unknown>;
  tags?: string[];
  created_at!: string;
}

/** One step of a run: the agent's whole work, a model call, or a tool call. */
export class SpanDto {
  id!: string;
  trace_id!: string;
  parent_span_id?: string;
  agent_id?: string;
  span_type!: 'agent' | 'llm_call' | 'tool_call';
  name?: string;
  start_time!: string;
  end_time?: string;
  duration_ms?: number;
  status!: 'completed' | 'error';
  error?: string;
  level!: string;
  model?: string;
  provider?: string;
  input_tokens?: number;
  output_tokens?: number;
  cached_tokens?: number;
  /** US dollars. */
  total_cost?: number;
  finish_reason?: string;
  model_params?: Record<string, unknown>;
  tool_name?: string;
  tool_call_id?: string;
  input_preview?: string;
  output_preview?: string;
  metadata?: Record<string, unknown>;
  created_at!: string;
}

export class TraceListDto {
  /** Newest first. */
  traces!: TraceDto[];
  /** How many fit; with `total=true`. */
  total?: number;
  /** Pass as `after` for the next page. */
  next?: string;
}

export class TraceWithSpansDto {
  trace!: TraceDto;
  /** In the order of their start. */
  spans!: SpanDto[];
}

import type { LlmError, LlmUsage, RunContext, TraceRef } from '#contracts';
import { newId } from '#kernel';
import type { SpanRecord, TraceRecord } from '#store';

const PREVIEW_CHARS = 500;
const ERROR_PREVIEW_CHARS = 200;
/** Longest name of a model or a tool that a span can keep. */
const FIELD_MAX_CHARS = 200;

/** What a trace says about its run. */
export type TracedRun = Pick<RunContext, 'runId' | 'agent' | 'caller' | 'session' | 'channel'> & {
  readonly input: string;
};

/** One HTTP request to a provider. */
export interface LlmCallSpan {
  readonly iteration: number;
  readonly provider: string;
  readonly model: string;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly usage?: LlmUsage;
  readonly finishReason?: string;
  readonly output: string;
  readonly attempt: number;
  readonly error?: LlmError;
}

/** One tool call. */
export interface ToolCallSpan {
  readonly toolName: string;
  readonly toolCallId: string;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly input: string;
  readonly output: string;
  readonly isError: boolean;
}

export interface TraceEnd {
  readonly status: 'completed' | 'error';
  readonly output: string;
  readonly error?: string;
}

/** Collects the spans of one run and counts as they come. */
export class RunTrace {
  readonly ref: TraceRef = { traceId: newId(), spanId: newId() };
  private inputTokens = 0;
  private outputTokens = 0;
  private llmCalls = 0;
  private toolCalls = 0;

  constructor(
    private readonly run: TracedRun,
    private readonly startedAt: number,
    private readonly emit: (trace: TraceRecord | undefined, span: SpanRecord | undefined) => void,
  ) {
    emit(this.record({ status: 'running' }), undefined);
  }

  llmCall(span: LlmCallSpan): void {
    this.llmCalls += 1;
    this.inputTokens += span.usage?.inputTokens ?? 0;
    this.outputTokens += span.usage?.outputTokens ?? 0;
    this.emit(undefined, {
      ...this.child('llm_call', `${span.provider}/${span.model} #${span.iteration}`, span),
      provider: span.provider,
      model: span.model.slice(0, FIELD_MAX_CHARS),
      status: span.error ? 'error' : 'completed',
      output_preview: preview(span.output),
      ...(span.usage && {
        input_tokens: span.usage.inputTokens,
        output_tokens: span.usage.outputTokens,
        cached_tokens: span.usage.cachedTokens,
      }),
      ...(span.finishReason && { finish_reason: span.finishReason }),
      ...(span.error && { error: preview(span.error.message, ERROR_PREVIEW_CHARS) }),
      ...(span.attempt > 1 && { metadata: { attempt: span.attempt } }),
    });
  }

  toolCall(span: ToolCallSpan): void {
    this.toolCalls += 1;
    this.emit(undefined, {
      ...this.child('tool_call', span.toolName, span),
      tool_name: span.toolName.slice(0, FIELD_MAX_CHARS),
      tool_call_id: span.toolCallId.slice(0, FIELD_MAX_CHARS),
      status: span.isError ? 'error' : 'completed',
      input_preview: preview(span.input),
      output_preview: preview(span.output),
    });
  }

  end(end: TraceEnd, endedAt: number): void {
    const times = { end_time: new Date(endedAt), duration_ms: Math.round(endedAt - this.startedAt) };
    const error = end.error === undefined ? {} : { error: preview(end.error, ERROR_PREVIEW_CHARS) };
    this.emit(this.record({ ...times, ...error, status: end.status, output_preview: preview(end.output) }), {
      id: this.ref.spanId,
      trace_id: this.ref.traceId,
      agent_id: this.run.agent.id,
      span_type: 'agent',
      name: this.run.agent.key,
      start_time: new Date(this.startedAt),
      input_tokens: this.inputTokens,
      output_tokens: this.outputTokens,
      status: end.status,
      input_preview: preview(this.run.input),
      output_preview: preview(end.output),
      ...times,
      ...error,
    });
  }

  private child(
    type: SpanRecord['span_type'],
    name: string,
    span: { startedAt: number; durationMs: number },
  ) {
    return {
      id: newId(),
      trace_id: this.ref.traceId,
      parent_span_id: this.ref.spanId,
      agent_id: this.run.agent.id,
      span_type: type,
      name,
      start_time: new Date(span.startedAt),
      end_time: new Date(span.startedAt + span.durationMs),
      duration_ms: Math.round(span.durationMs),
    };
  }

  private record(state: Pick<TraceRecord, 'status'> & Partial<TraceRecord>): TraceRecord {
    return {
      id: this.ref.traceId,
      run_id: this.run.runId,
      agent_id: this.run.agent.id,
      user_id: this.run.caller.userId,
      session_key: this.run.session.key,
      name: `chat ${this.run.agent.key}`,
      channel: this.run.channel ?? null,
      start_time: new Date(this.startedAt),
      input_preview: preview(this.run.input),
      total_input_tokens: this.inputTokens,
      total_output_tokens: this.outputTokens,
      llm_call_count: this.llmCalls,
      tool_call_count: this.toolCalls,
      span_count: this.llmCalls + this.toolCalls + 1,
      ...state,
    };
  }
}

function preview(text: string, chars = PREVIEW_CHARS): string {
  if (text.length <= chars) return text;
  return `${text.slice(0, chars).toWellFormed()}…`;
}

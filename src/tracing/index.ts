export type { LlmCallSpan, RunTrace, ToolCallSpan, TracedRun, TraceEnd } from './run-trace.js';
export { TraceQuery } from './trace-query.js';
export { Tracer } from './tracer.js';
export { TracingModule } from './tracing.module.js';

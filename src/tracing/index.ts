export type { RunTrace, ToolCallSpan, TracedRun } from './run-trace.js';
export { TraceQuery } from './trace-query.js';
export { Tracer } from './tracer.js';
export { TracingModule } from './tracing.module.js';

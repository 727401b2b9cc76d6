import { Injectable } from '@nestjs/common';
import { Clock } from '#kernel';
import { AuditLog } from '#permissions';
import type { ToolOutcome } from '#tools';
import { type RunTrace, type TracedRun, Tracer } from '#tracing';
import { spanOf } from './tool-call-span.js';

/** What is kept of a call that no model asked for: its trace, and an entry in the audit log. */
@Injectable()
export class InvocationRecords {
  constructor(
    private readonly tracer: Tracer,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  begin(run: TracedRun): RunTrace {
    return this.tracer.begin(run);
  }

  end(run: TracedRun, trace: RunTrace, action: string, outcome: ToolOutcome): void {
    const span = spanOf(outcome);
    trace.toolCall(span);
    const { output, isError, durationMs } = span;
    const status = isError ? 'error' : 'completed';
    trace.end({ status, output, ...(isError && { error: output }) }, this.clock.now());
    this.audit.record(run.caller, {
      action,
      outcome: isError ? 'failed' : 'ok',
      target: { type: 'tool', id: outcome.call.name.slice(0, NAME_MAX_CHARS) },
      details: { agent: run.agent.key, session: run.session.key, durationMs: Math.round(durationMs) },
      traceId: trace.ref.traceId,
    });
  }
}

const NAME_MAX_CHARS = 200;

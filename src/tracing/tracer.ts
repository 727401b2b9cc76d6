import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '#kernel';
import { type SpanRecord, type TraceRecord, TracingStore } from '#store';
import { RunTrace, type TracedRun } from './run-trace.js';

const FLUSH_INTERVAL_MS = 1_000;
/** Spans that trigger a flush at once. */
const FLUSH_SPANS = 500;
/** While the database is away, this many spans are kept; beyond that the oldest are lost, with a warning. */
const BUFFER_MAX_SPANS = 20_000;

/** Records traces and spans in memory and writes them in batches, off every run's path. */
@Injectable()
export class Tracer implements OnApplicationShutdown {
  private readonly logger = new Logger('Tracer');
  private traces = new Map<string, TraceRecord>();
  private spans: SpanRecord[] = [];
  private cancelTimer: (() => void) | undefined;
  private writing: Promise<void> | undefined;

  constructor(
    private readonly store: TracingStore,
    private readonly clock: Clock,
  ) {}

  /** Begins the trace of a run. End it with `RunTrace.end`. */
  begin(run: TracedRun): RunTrace {
    return new RunTrace(run, this.clock.now(), (trace, span) => {
      if (trace) this.traces.set(trace.id, trace);
      if (span) this.spans.push(span);
      this.schedule();
    });
  }

  /** Resolves when everything recorded so far was written, or could not be. */
  async flush(): Promise<void> {
    await this.writing;
    this.writing = this.write().finally(() => (this.writing = undefined));
    await this.writing;
  }

  async onApplicationShutdown(): Promise<void> {
    this.cancelTimer?.();
    await this.flush();
  }

  private schedule(): void {
    if (this.spans.length >= FLUSH_SPANS && !this.writing) void this.flush();
    this.cancelTimer ??= this.clock.after(FLUSH_INTERVAL_MS, () => {
      this.cancelTimer = undefined;
      void this.flush();
    });
  }

  private async write(): Promise<void> {
    const traces = this.traces;
    const spans = this.spans;
    if (traces.size === 0 && spans.length === 0) return;
    this.traces = new Map();
    this.spans = [];
    try {
      await this.store.write([...traces.values()], spans);
    } catch (error) {
      this.logger.warn(`${spans.length} spans wait for the database: ${String(error)}`);
      this.keep(traces, spans);
      this.schedule();
    }
  }

  private keep(traces: ReadonlyMap<string, TraceRecord>, spans: readonly SpanRecord[]): void {
    this.traces = new Map([...traces, ...this.traces]);
    this.spans = [...spans, ...this.spans];
    const excess = this.spans.length - BUFFER_MAX_SPANS;
    if (excess <= 0) return;
    this.spans.splice(0, excess);
    this.logger.error(`${excess} spans were lost: the database was away for too long.`);
  }
}

import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '#kernel';
import { isUnavailable, type SpanRecord, type TraceRecord, TracingStore } from '#store';
import { RunTrace, type TracedRun } from './run-trace.js';

const FLUSH_INTERVAL_MS = 1_000;
/** Spans that trigger a flush at once. */
const FLUSH_SPANS = 500;
/** Spans, and traces, of one statement. */
const WRITE_MAX = 1_000;
/**
 * While the database is away, this many spans and traces are kept; beyond that the oldest are lost, with a warning. While
 * a write does not end, as many more, and the newest are lost.
 */
const BUFFER_MAX_SPANS = 20_000;
const BUFFER_MAX_TRACES = 10_000;

/** Records traces and spans in memory and writes them in batches, off every run's path. */
@Injectable()
export class Tracer implements OnApplicationShutdown {
  private readonly logger = new Logger('Tracer');
  private traces = new Map<string, TraceRecord>();
  private spans: SpanRecord[] = [];
  private cancelTimer: (() => void) | undefined;
  private writing: Promise<void> | undefined;
  private isFailing = false;
  /** Not kept, because a write does not end. */
  private lost = 0;
  private stopped = false;

  constructor(
    private readonly store: TracingStore,
    private readonly clock: Clock,
  ) {}

  /** Begins the trace of a run. End it with `RunTrace.end`. */
  begin(run: TracedRun): RunTrace {
    return new RunTrace(run, this.clock.now(), (trace, span) => {
      if (trace) this.addTrace(trace);
      if (span) this.addSpan(span);
      this.schedule();
    });
  }

  /** Resolves when everything recorded so far was written, or could not be. */
  async flush(): Promise<void> {
    while (this.writing) await this.writing;
    this.writing = this.write().finally(() => (this.writing = undefined));
    await this.writing;
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.cancelTimer?.();
    await this.flush();
  }

  private addTrace(trace: TraceRecord): void {
    if (this.traces.size < BUFFER_MAX_TRACES || this.traces.has(trace.id)) this.traces.set(trace.id, trace);
    else this.lost += 1;
  }

  private addSpan(span: SpanRecord): void {
    if (this.spans.length < BUFFER_MAX_SPANS) this.spans.push(span);
    else this.lost += 1;
  }

  private schedule(): void {
    if (this.stopped) return;
    if (this.spans.length >= FLUSH_SPANS && !this.writing && !this.isFailing) void this.flush();
    this.cancelTimer ??= this.clock.after(FLUSH_INTERVAL_MS, () => {
      this.cancelTimer = undefined;
      void this.flush();
    });
  }

  private async write(): Promise<void> {
    const traces = [...this.traces.values()];
    const { spans } = this;
    this.traces = new Map();
    this.spans = [];
    this.reportLost();
    try {
      while (traces.length > 0 || spans.length > 0) {
        await this.writeSome(traces.slice(0, WRITE_MAX), spans.slice(0, WRITE_MAX));
        traces.splice(0, WRITE_MAX);
        spans.splice(0, WRITE_MAX);
      }
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.logger.warn(`${spans.length} spans wait for the database: ${String(error)}`);
      this.isFailing = true;
      this.keep(traces, spans);
      this.schedule();
    }
  }

  private reportLost(): void {
    if (this.lost > 0)
      this.logger.error(`${this.lost} spans and traces were lost: the database was too slow.`);
    this.lost = 0;
  }

  /** @throws StoreError when the database is away; what it refuses would be refused for ever, and is given up. */
  private async writeSome(traces: readonly TraceRecord[], spans: readonly SpanRecord[]): Promise<void> {
    try {
      await this.store.write(traces, spans);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      this.logger.error(`${spans.length} spans were refused by the database and are lost`, error);
    }
  }

  /** What came since then is newer, and stays. */
  private keep(traces: readonly TraceRecord[], spans: readonly SpanRecord[]): void {
    const all = new Map([...traces.map((trace) => [trace.id, trace] as const), ...this.traces]);
    this.traces = new Map([...all].slice(-BUFFER_MAX_TRACES));
    this.spans = [...spans, ...this.spans];
    const excess = this.spans.length - BUFFER_MAX_SPANS;
    if (excess <= 0) return;
    this.spans.splice(0, excess);
    this.logger.error(`${excess} spans were lost: the database was away for too long.`);
  }
}
